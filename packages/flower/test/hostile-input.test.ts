import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeClientMessage,
  decodeNpy,
  decodeServerMessage,
  encodeClientMessage,
  encodeNpy,
  signatureOfTensors,
} from '../src/index.js';
import { varint } from './message-flood.js';
import { bytesOf, vectors } from './vectors.js';

const ALLOWED = ['invalid-argument', 'unsupported', 'too-large'];

type Decoder = readonly [string, (bytes: Uint8Array) => unknown, readonly Uint8Array[]];

const decoders: readonly Decoder[] = [
  ['decodeNpy', decodeNpy, vectors.npy.map(({ file }) => bytesOf(file))],
  ['decodeServerMessage', decodeServerMessage, vectors.serverMessages.map(({ wire }) => bytesOf(wire))],
  ['decodeClientMessage', decodeClientMessage, vectors.clientMessages.map(({ wire }) => bytesOf(wire))],
];

function expectTypedAnswer(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  try {
    decode(bytes);
  } catch (error) {
    if (!FedOpsError.is(error)) throw error;
    expect(ALLOWED).toContain(error.code);
  }
}

test.each(decoders)('%s answers any bytes with a value or a typed error', (_, decode) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
      expectTypedAnswer(decode, Uint8Array.from(bytes)),
    ),
    { numRuns: 2_000 },
  );
});

test.each(decoders)('%s answers a damaged message with a value or a typed error', (_, decode, samples) => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.constantFrom(...samples), damage, fc.nat(), (sample, changes, cut) => {
      const bytes = sample.slice(0, sample.length - (cut % 4 === 0 ? cut % (sample.length + 1) : 0));
      for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
      expectTypedAnswer(decode, bytes);
    }),
    { numRuns: 3_000 },
  );
});

const vector = { dtype: 'float32', shape: [2], bytes: new Uint8Array(8) } as const;

/** A file with this header text and so many bytes of elements. */
function npyFile(text: string, elementBytes = 8, version = 1): Uint8Array {
  const header = new TextEncoder().encode(text);
  const file = new Uint8Array(10 + header.length + elementBytes);
  file.set(encodeNpy(vector).subarray(0, 6));
  file.set([version, 0, header.length & 0xff, header.length >> 8], 6);
  file.set(header, 10);
  return file;
}

const dict = (descr: string, shape: string, isFortran = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${isFortran}, 'shape': ${shape}}`;

test.each([
  ['nothing', new Uint8Array(), 'invalid-argument'],
  ['another magic', new Uint8Array(128), 'invalid-argument'],
  ['another version', npyFile(dict("'<f4'", '(2,)'), 8, 9), 'unsupported'],
  ['a header that is cut off', encodeNpy(vector).subarray(0, 50), 'invalid-argument'],
  ['a header beyond the limit', npyFile(dict("'<f4'", '(2,)') + ' '.repeat(10_001)), 'too-large'],
  ['too few elements', npyFile(dict("'<f4'", '(3,)')), 'invalid-argument'],
  ['too many elements', npyFile(dict("'<f4'", '(1,)')), 'invalid-argument'],
  [
    'more elements than memory has',
    npyFile(dict("'<f4'", '(4503599627370496, 4503599627370496)')),
    'invalid-argument',
  ],
  ['a negative dimension', npyFile(dict("'<f4'", '(-2,)')), 'invalid-argument'],
  ['a number that is no tuple', npyFile(dict("'<f4'", '(2)')), 'invalid-argument'],
  ['objects', npyFile(dict("'|O'", '(2,)')), 'unsupported'],
  ['text', npyFile(dict("'<U1'", '(2,)')), 'unsupported'],
  ['structured elements', npyFile(dict('True', '(2,)')), 'unsupported'],
  ['33 dimensions', npyFile(dict("'<f4'", `(${'1, '.repeat(32)}2)`)), 'unsupported'],
  [
    'another entry',
    npyFile(`{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': True}`),
    'invalid-argument',
  ],
  ['an expression', npyFile(dict("'<f4'", '(1+1,)')), 'invalid-argument'],
  [
    'a bool that is neither',
    Uint8Array.from([
      ...encodeNpy({ dtype: 'bool', shape: [1], bytes: Uint8Array.of(0) }).subarray(0, 128),
      2,
    ]),
    'invalid-argument',
  ],
])('refuses %s', (_, file, code) => {
  expect(() => decodeNpy(file)).toThrow(expect.objectContaining({ code }));
});

test.each([
  ['without a trailing comma', dict("'<f4'", '(2,)')],
  ['with other quotes and another order of keys', `{"shape": (2,), "descr": "<f4", "fortran_order": False,}`],
  ['with the long integers of Python 2', dict("'<f4'", '(2L,)')],
  ['with padding before and no newline after', `  ${dict("'<f4'", '(2,)')}`],
])('reads a header %s', (_, text) => {
  expect(decodeNpy(npyFile(text))).toEqual(vector);
});

test('refuses millions of empty fields before it makes an object of each', () => {
  const tensors = new Uint8Array(2_000_000).map((_, i) => (i % 2 === 0 ? 0x0a : 0));
  const parameters = [0x0a, ...varint(tensors.length)];
  const fitIns = [0x22, ...varint(parameters.length + tensors.length), ...parameters];
  const message = Uint8Array.from([...fitIns, ...tensors]);

  expect(() => decodeServerMessage(message)).toThrow(expect.objectContaining({ code: 'too-large' }));
});

test('refuses millions of fields within one entry of a config', () => {
  const values = new Uint8Array(2_000_000).map((_, i) => (i % 2 === 0 ? 0x40 : 2));
  const value = [0x0a, 1, 0x61, 0x12, ...varint(values.length)];
  const entry = [0x12, ...varint(value.length + values.length), ...value];
  const fitIns = [0x22, ...varint(entry.length + values.length), ...entry];
  const message = Uint8Array.from([...fitIns, ...values]);

  expect(() => decodeServerMessage(message)).toThrow(expect.objectContaining({ code: 'too-large' }));
});

test('refuses a message of no known kind', () => {
  expect(() => decodeClientMessage(new Uint8Array())).toThrow(
    expect.objectContaining({ code: 'unsupported' }),
  );
  expect(() => decodeServerMessage(bytesOf('3200'))).toThrow(
    expect.objectContaining({ code: 'unsupported' }),
  );
});

test('refuses a scalar without a value, naming it', () => {
  const config = bytesOf('22070a05' + '78797a7a79').subarray(0);
  const ins = Uint8Array.from([0x22, 9, 0x12, 7, ...config.subarray(2)]);

  expect(() => decodeServerMessage(ins)).toThrow(/xyzzy/);
});

test('refuses a status that is not known', () => {
  expect(() => decodeClientMessage(bytesOf('22040a020809'))).toThrow(
    expect.objectContaining({ code: 'unsupported' }),
  );
});

test('refuses to write what the wire cannot carry', () => {
  const status = { code: 'ok', message: '' } as const;
  const metrics = new Map([['n', { kind: 'int', value: 2n ** 64n }]] as const);
  const facts = { kind: 'evaluation', status, loss: 0, numExamples: 1n } as const;

  expect(() => encodeClientMessage({ ...facts, metrics })).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
  expect(() => encodeClientMessage({ ...facts, metrics: new Map(), numExamples: 2n ** 63n })).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});

test('names the tensor that cannot be read', () => {
  const tensors = [encodeNpy(vector), new Uint8Array(3)];

  expect(() => signatureOfTensors({ tensors }, ['kernel', 'bias'])).toThrow(
    expect.objectContaining({ code: 'invalid-argument', details: { tensor: 'bias' } }),
  );
});
