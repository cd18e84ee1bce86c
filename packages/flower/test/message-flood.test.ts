import { BinaryReader } from '@bufbuild/protobuf/wire';
import { FedOpsError } from '@fedops/shared-types';
import { afterEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeClientMessage, encodeNpy } from '../src/index.js';
import { emptyTensors, field, fitRes, manyMetrics } from './message-flood.js';

afterEach(() => void jest.restoreAllMocks());

const none = new Uint8Array();

test.each([
  ['149,000 empty tensors', fitRes(0, emptyTensors(149_000), none)],
  ['empty tensors beside a large one', fitRes(200_000, emptyTensors(20_000), none)],
  ['30,000 metrics', fitRes(0, none, manyMetrics(30_000))],
])('refuses %s', (_, bytes) => {
  expect(() => decodeClientMessage(bytes)).toThrow(expect.objectContaining({ code: 'too-large' }));
});

test('takes a thousand metrics, and as many tensors as the bytes may hold', () => {
  const smallest = encodeNpy({ dtype: 'uint8', shape: [], bytes: Uint8Array.of(1) });
  const tensors = Buffer.concat(Array<Buffer>(50_000).fill(field(1, smallest)));
  const message = decodeClientMessage(fitRes(0, tensors, manyMetrics(1_000)));

  expect(message.kind === 'fit' && message.parameters.tensors.length).toBe(50_001);
  expect(message.kind === 'fit' && message.metrics.size).toBe(1_000);
});

test('refuses a scalar named __proto__', () => {
  const entry = Buffer.concat([field(1, Buffer.from('__proto__')), field(2, Uint8Array.of(0x68, 1))]);

  expect(() => decodeClientMessage(fitRes(0, none, field(4, entry)))).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});

test.each([
  ['a known field of another wire type', Uint8Array.of(0x20, 2, 0x1a, 0)],
  ['an unknown field in an entry', fitRes(0, none, field(4, field(3, none)))],
])('refuses %s, which would be counted as something else than is read', (_, bytes) => {
  expect(() => decodeClientMessage(bytes)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

test('reads no tag twice after it has counted, however long and odd the message', () => {
  const tags = jest.spyOn(BinaryReader.prototype, 'tag');
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.tuple(fc.integer({ min: 1, max: 15 }), fc.uint8Array({ maxLength: 8 })).map((of) => field(...of)),
    fc.constantFrom(emptyTensors(1), manyMetrics(1)),
  );
  const long = fc.record({ part, times: fc.nat(20_000), number: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(long, fc.boolean(), ({ part, times, number }, isParameters) => {
      const flood = Buffer.alloc(part.length * times, Uint8Array.from(part));
      const bytes = field(number, isParameters ? field(2, flood) : flood);
      tags.mockClear();
      expectTypedAnswer(bytes);
      expect(tags.mock.calls.length).toBeLessThanOrEqual(2 * bytes.length);
    }),
    { numRuns: 200 },
  );
}, 300_000);

function expectTypedAnswer(bytes: Uint8Array): void {
  try {
    decodeClientMessage(bytes);
  } catch (error) {
    if (!FedOpsError.is(error)) throw error;
    expect(['invalid-argument', 'unsupported', 'too-large']).toContain(error.code);
  }
}
