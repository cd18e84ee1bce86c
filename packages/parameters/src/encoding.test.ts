import { Buffer } from 'node:buffer';
import type { Signature } from '@fedops/shared-types';
import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyParameters, anySignature, bytesOf } from '../test/arbitraries.js';
import { codeThrownBy } from '../test/error-code.js';
import { sha256 } from './digest.js';
import {
  decodeParameters,
  encodedLength,
  encodeHeader,
  encodeParameters,
  MAX_SIGNATURE_BYTES,
  readPrefix,
  readSignature,
} from './encoding.js';
import { ALIGNMENT } from './layout.js';
import { createParameters } from './parameters.js';

const tiny = createParameters(
  [
    { name: 'w', shape: [2], dtype: 'float32' },
    { name: 'n', shape: [], dtype: 'int64' },
  ],
  [Float32Array.of(1, -2.5), BigInt64Array.of(-3n)],
);

/** A header by its parts, sound or not. */
function headerOf(
  signature: string,
  { version = 1, length = Buffer.byteLength(signature) } = {},
): Uint8Array {
  const bytes = Buffer.alloc(Math.ceil((16 + Buffer.byteLength(signature)) / ALIGNMENT) * ALIGNMENT);
  bytes.write('FOPARAMS', 'ascii');
  bytes.writeUInt32LE(version, 8);
  bytes.writeUInt32LE(length, 12);
  bytes.write(signature, 16);
  return bytes;
}

describe('encodeParameters', () => {
  it('gives the bytes that every reader of the format knows', async () => {
    const bytes = encodeParameters(tiny);
    expect(
      Buffer.from(bytes)
        .toString('hex')
        .match(/.{1,64}/g),
    ).toEqual([
      '464f504152414d5301000000540000005b7b226e616d65223a2277222c227368',
      '617065223a5b325d2c226474797065223a22666c6f61743332227d2c7b226e61',
      '6d65223a226e222c227368617065223a5b5d2c226474797065223a22696e7436',
      '34227d5d00000000000000000000000000000000000000000000000000000000',
      '0000803f000020c0000000000000000000000000000000000000000000000000',
      '0000000000000000000000000000000000000000000000000000000000000000',
      'fdffffffffffffff',
    ]);
    expect(await sha256(bytes)).toBe('1decba8094987cb7269781885ab34958901758e3c71f8af71e2c42f1620fbb3f');
  });

  it('is undone by decodeParameters, bit for bit, for every dtype and shape', () => {
    fc.assert(
      fc.property(anyParameters, (parameters) => {
        const decoded = decodeParameters(encodeParameters(parameters));
        expect(decoded.signature).toEqual(parameters.signature);
        expect(decoded.tensors.map(bytesOf)).toEqual(parameters.tensors.map(bytesOf));
      }),
    );
  });

  it('gives equal bytes for equal parameters, and as many as encodedLength says', () => {
    fc.assert(
      fc.property(anyParameters, (parameters) => {
        const bytes = encodeParameters(parameters);
        expect(encodeParameters(decodeParameters(bytes))).toEqual(bytes);
        expect(bytes.length).toBe(encodedLength(parameters.signature));
      }),
    );
  });

  it('takes tensors that are views into a larger buffer', () => {
    const whole = Float32Array.of(9, 1, 2, 9);
    const parameters = createParameters(
      [{ name: 'w', shape: [2], dtype: 'float32' }],
      [whole.subarray(1, 3)],
    );
    expect(decodeParameters(encodeParameters(parameters)).tensors[0]).toEqual(Float32Array.of(1, 2));
  });

  it('holds a thousand tensors', () => {
    const signature: Signature = Array.from({ length: 1000 }, (_, i) => ({
      name: `layer/${i}`,
      shape: [i % 7],
      dtype: 'float32',
    }));
    const tensors = signature.map(({ shape }, i) => new Float32Array(shape[0]!).fill(i));
    const decoded = decodeParameters(encodeParameters(createParameters(signature, tensors)));
    expect(decoded.tensors).toEqual(tensors);
  });
});

describe('encodeHeader', () => {
  it('ends at a multiple of the alignment, with nothing but zeros behind the signature', () => {
    fc.assert(
      fc.property(anySignature, (signature) => {
        const header = encodeHeader(signature);
        const { signatureBytes, dataOffset } = readPrefix(header);
        expect(header.length).toBe(dataOffset);
        expect(dataOffset % ALIGNMENT).toBe(0);
        expect(header.subarray(16 + signatureBytes).every((byte) => byte === 0)).toBe(true);
        expect(readSignature(header)).toEqual(signature);
      }),
    );
  });
});

describe('decodeParameters', () => {
  it('makes views of its input instead of copies', () => {
    const bytes = encodeParameters(tiny);
    for (const tensor of decodeParameters(bytes).tensors) expect(tensor.buffer).toBe(bytes.buffer);
  });

  it.each([1, 4, 7])('reads bytes that lie at offset %i of a Buffer', (offset) => {
    const encoded = encodeParameters(tiny);
    const shifted = Buffer.alloc(encoded.length + offset).subarray(offset);
    shifted.set(encoded);
    expect(decodeParameters(shifted).tensors).toEqual(tiny.tensors);
  });

  const scalar = '[{"name":"w","shape":[],"dtype":"float32"}]';
  const malformed: [what: string, code: string, bytes: Uint8Array][] = [
    ['no bytes', 'invalid-argument', new Uint8Array(0)],
    ['a prefix that is cut off', 'invalid-argument', headerOf(scalar).subarray(0, 15)],
    ['another magic', 'invalid-argument', Buffer.from(`PK${'x'.repeat(100)}`)],
    ['version 0', 'unsupported', headerOf(scalar, { version: 0 })],
    ['version 2', 'unsupported', headerOf(scalar, { version: 2 })],
    ['a signature over the limit', 'too-large', headerOf(scalar, { length: MAX_SIGNATURE_BYTES + 1 })],
    ['a signature that is cut off', 'invalid-argument', headerOf(scalar, { length: 5_000 })],
    ['a signature that is no JSON', 'invalid-argument', headerOf('[{')],
    ['a signature that is no UTF-8', 'invalid-argument', notUtf8()],
    ['a signature that is no list', 'invalid-argument', headerOf('{"name":"w"}')],
    ['a signature without tensors', 'invalid-argument', headerOf('[]')],
    ['a tensor without a name', 'invalid-argument', headerOf('[{"shape":[],"dtype":"float32"}]')],
    ['an unknown dtype', 'invalid-argument', headerOf('[{"name":"w","shape":[],"dtype":"float16"}]')],
    ['a negative dimension', 'invalid-argument', headerOf('[{"name":"w","shape":[-1],"dtype":"float32"}]')],
    ['a broken dimension', 'invalid-argument', headerOf('[{"name":"w","shape":[1.5],"dtype":"float32"}]')],
    [
      'a name that comes twice',
      'invalid-argument',
      headerOf(`[${scalar.slice(1, -1)},${scalar.slice(1, -1)}]`),
    ],
    [
      'more bytes than can be counted',
      'too-large',
      headerOf('[{"name":"w","shape":[9007199254740991,9007199254740991],"dtype":"float32"}]'),
    ],
    [
      'a size that is no number',
      'invalid-argument',
      headerOf(`[{"name":"w","shape":[${'9007199254740991,'.repeat(30)}0],"dtype":"float32"}]`),
    ],
    ['no data', 'invalid-argument', headerOf(scalar)],
    ['a byte too few', 'invalid-argument', encodeParameters(tiny).subarray(0, -1)],
    ['a byte too many', 'invalid-argument', Buffer.concat([encodeParameters(tiny), Buffer.alloc(1)])],
  ];

  it.each(malformed)('refuses %s with %s', (_what, code, bytes) => {
    expect(codeThrownBy(() => decodeParameters(bytes))).toBe(code);
  });

  it('throws nothing but FedOpsError for random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), decodesOrThrowsOurs));
  });

  it('throws nothing but FedOpsError for an encoding with some bytes changed, cut or added', () => {
    const change = fc.record({ at: fc.nat(1_000), value: fc.nat(255) });
    fc.assert(
      fc.property(
        anyParameters,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: -40, max: 40 }),
        (parameters, changes, growth) => {
          const encoded = encodeParameters(parameters);
          const bytes = new Uint8Array(Math.max(0, encoded.length + growth));
          bytes.set(encoded.subarray(0, bytes.length));
          for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
          decodesOrThrowsOurs(bytes);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('allocates nothing for tensors that a header only claims', () => {
    const before = process.memoryUsage().arrayBuffers;
    const claims = headerOf('[{"name":"w","shape":[1000000000],"dtype":"float64"}]');
    expect(codeThrownBy(() => decodeParameters(claims))).toBe('invalid-argument');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
  });
});

function notUtf8(): Uint8Array {
  const bytes = headerOf('[{"name":"?","shape":[],"dtype":"float32"}]');
  bytes[bytes.indexOf('?'.charCodeAt(0))] = 0xff;
  return bytes;
}

/** What it decodes lies within the input, or in a copy of it. */
function decodesOrThrowsOurs(bytes: Uint8Array): void {
  try {
    const { tensors } = decodeParameters(bytes);
    for (const tensor of tensors)
      expect(tensor.buffer.byteLength).toBeLessThanOrEqual(bytes.buffer.byteLength);
  } catch (error) {
    if (!FedOpsError.is(error)) throw error;
  }
}
