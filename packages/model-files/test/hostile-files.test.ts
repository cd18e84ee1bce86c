import { createParameters, type Parameters } from '@fedops/parameters';
import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readNpy, readNpz, readSafetensors, writeNpy, writeNpz, writeSafetensors } from '../src/index.js';

const ALLOWED = ['invalid-argument', 'unsupported', 'too-large'];

const vector = createParameters(
  [{ name: 'w', shape: [2, 3], dtype: 'float32' }],
  [new Float32Array(6).fill(1)],
);
const several = createParameters(
  [
    { name: 'b', shape: [3], dtype: 'bool' },
    { name: 'dense/kernel', shape: [2, 2], dtype: 'float64' },
    { name: '7', shape: [], dtype: 'int64' },
    { name: 'none', shape: [0, 4], dtype: 'uint8' },
  ],
  [Uint8Array.of(1, 0, 1), Float64Array.of(1, 2, 3, 4), BigInt64Array.of(5n), new Uint8Array()],
);

type Reader = readonly [string, (file: Uint8Array) => Parameters, readonly Uint8Array[]];

const READERS: readonly Reader[] = [
  ['readNpy', (file) => readNpy(file), [writeNpy(vector)]],
  ['readNpz', (file) => readNpz(file), [writeNpz(several), writeNpz(several, { compression: 'deflated' })]],
  [
    'readSafetensors',
    (file) => readSafetensors(file),
    [writeSafetensors(several, { metadata: { format: 'pt' } })],
  ],
];

/** True where the file was read; false where it was refused as it should be. */
function isRead(read: (file: Uint8Array) => Parameters, file: Uint8Array): boolean {
  try {
    read(file);
    return true;
  } catch (error) {
    if (!FedOpsError.is(error)) throw error;
    expect(ALLOWED).toContain(error.code);
    return false;
  }
}

test.each(READERS)('%s refuses a file that is cut off, wherever', (_, read, samples) => {
  for (const sample of samples) {
    for (let length = 0; length < sample.length; length++) {
      expect([length, isRead(read, sample.slice(0, length))]).toEqual([length, false]);
    }
  }
});

test.each(READERS)('%s refuses a file with more behind its end', (_, read, samples) => {
  for (const sample of samples) expect(isRead(read, Uint8Array.from([...sample, 0]))).toBe(false);
});

test.each(READERS)('%s answers any bytes with parameters or a typed error', (_, read) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void isRead(read, Uint8Array.from(bytes))),
    { numRuns: 1_000 },
  );
});

test.each(READERS)('%s answers a damaged file with parameters or a typed error', (_, read, samples) => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.constantFrom(...samples), damage, (sample, changes) => {
      const file = sample.slice();
      for (const [at, value] of changes) file[at % file.length] = value;
      isRead(read, file);
    }),
    { numRuns: 3_000 },
  );
});

test.each(READERS)(
  '%s answers any change of one byte with parameters or a typed error',
  (_, read, samples) => {
    for (const sample of samples) {
      for (let at = 0; at < sample.length; at++) {
        for (const value of [0, 1, 0x7f, 0xff]) isRead(read, sample.with(at, value));
      }
    }
  },
);

/** A safetensors file with any header: entries and values that look like its own. */
const anyHeader = fc
  .dictionary(
    fc.constantFrom('w', '__metadata__', '__proto__', '../w', ''),
    fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.record(
        {
          dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'BOOL'), fc.jsonValue({ maxDepth: 0 })),
          shape: fc.oneof(fc.array(fc.oneof(fc.nat(3), fc.double())), fc.jsonValue({ maxDepth: 1 })),
          data_offsets: fc.oneof(fc.array(fc.nat(40), { maxLength: 3 }), fc.jsonValue({ maxDepth: 1 })),
        },
        { requiredKeys: [] },
      ),
    ),
  )
  .map((header) => new TextEncoder().encode(JSON.stringify(header)));

test('readSafetensors answers any header with parameters or a typed error', () => {
  fc.assert(
    fc.property(anyHeader, fc.nat(40), (header, length) => {
      const file = new Uint8Array(8 + header.length + length);
      new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
      file.set(header, 8);
      isRead(readSafetensors, file);
    }),
    { numRuns: 2_000 },
  );
});
