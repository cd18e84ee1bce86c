import { createParameters } from '@fedops/parameters';
import type { Dtype } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { codeThrownBy, errorThrownBy } from '../../test/error-code.js';
import { readSafetensors, writeSafetensors } from './safetensors-file.js';

/** A file of this header and so many bytes of tensors, all 1. */
function fileOf(header: string, byteLength = 8): Uint8Array {
  const json = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + json.length + byteLength).fill(1);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

const entry = (dtype: string, shape: string, begin: number, end: number) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

const w = `"w":${entry('I32', '[1]', 0, 4)}`;
const v = `"v":${entry('I32', '[1]', 4, 8)}`;

const scalarNamed = (name: string) =>
  createParameters([{ name, shape: [], dtype: 'uint8' as Dtype }], [Uint8Array.of(1)]);

test('writes the bytes that every reader of the format knows', () => {
  const parameters = createParameters(
    [
      { name: 'u', shape: [1], dtype: 'uint8' },
      { name: 'w', shape: [1, 2], dtype: 'float32' },
    ],
    [Uint8Array.of(7), Float32Array.of(1, -2)],
  );
  const header =
    '{"__metadata__":{"format":"pt"},"u":{"dtype":"U8","shape":[1],"data_offsets":[8,9]},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8);

  const file = writeSafetensors(parameters, { metadata: { format: 'pt' } });

  expect(new DataView(file.buffer).getBigUint64(0, true)).toBe(BigInt(padded.length));
  expect(new TextDecoder().decode(file.subarray(8, 8 + padded.length))).toBe(padded);
  expect([...file.subarray(8 + padded.length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 7]);
});

test('reads tensors in the order of the header, wherever their bytes lie', () => {
  const { signature, tensors } = readSafetensors(fileOf(`{${v},"__metadata__":{"a":"b"},${w}} `));

  expect(signature.map(({ name }) => name)).toEqual(['v', 'w']);
  expect(tensors).toEqual([Int32Array.of(0x01010101), Int32Array.of(0x01010101)]);
});

test('makes no copy of a tensor that lies well', () => {
  const file = writeSafetensors(scalarNamed('w'));

  expect(readSafetensors(file).tensors[0]!.buffer).toBe(file.buffer);
});

test.each([
  ['no header', new Uint8Array(7), 'invalid-argument'],
  ['a header of more bytes than the file', fileOf('{}', 0).with(0, 3), 'invalid-argument'],
  ['a header of more bytes than memory has', new Uint8Array(16).fill(0xff), 'too-large'],
  ['a header that is no JSON', fileOf('{"w":}'), 'invalid-argument'],
  ['a header that begins with space', fileOf(` {${w},${v}}`), 'invalid-argument'],
  ['a header behind a byte order mark', fileOf(`\ufeff{${w},${v}}`), 'invalid-argument'],
  ['a header that is a list', fileOf('[]', 0), 'invalid-argument'],
  ['a header that is no UTF-8', fileOf(`{${w},${v}}`).with(10, 0xff), 'invalid-argument'],
  ['no tensor', fileOf('{}', 0), 'invalid-argument'],
  ['a tensor twice', fileOf(`{${w},"w":${entry('I32', '[1]', 4, 8)}}`), 'invalid-argument'],
  [
    'a key twice',
    fileOf('{"w":{"dtype":"U8","dtype":"U8","shape":[8],"data_offsets":[0,8]}}'),
    'invalid-argument',
  ],
  ['an entry that is no object', fileOf('{"w":[1]}'), 'invalid-argument'],
  ['an entry without a type', fileOf('{"w":{"shape":[8],"data_offsets":[0,8]}}'), 'invalid-argument'],
  ['a negative dimension', fileOf(`{"w":${entry('U8', '[-8]', 0, 8)}}`), 'invalid-argument'],
  ['a dimension that is no whole number', fileOf(`{"w":${entry('U8', '[0.5]', 0, 8)}}`), 'invalid-argument'],
  ['33 dimensions', fileOf(`{"w":${entry('U8', `[${'1,'.repeat(32)}8]`, 0, 8)}}`), 'invalid-argument'],
  [
    'more elements than memory has',
    fileOf(`{"w":${entry('U8', '[4503599627370496,4503599627370496]', 0, 8)}}`),
    'invalid-argument',
  ],
  ['other bytes than the shape needs', fileOf(`{"w":${entry('U8', '[7]', 0, 8)}}`), 'invalid-argument'],
  ['offsets the wrong way round', fileOf(`{"w":${entry('U8', '[8]', 8, 0)}}`), 'invalid-argument'],
  ['three offsets', fileOf('{"w":{"dtype":"U8","shape":[8],"data_offsets":[0,8,8]}}'), 'invalid-argument'],
  ['tensors over one another', fileOf(`{${w},"v":${entry('I32', '[1]', 0, 4)}}`, 4), 'invalid-argument'],
  ['tensors partly over one another', fileOf(`{${w},"v":${entry('U8', '[6]', 2, 8)}}`), 'invalid-argument'],
  ['a gap in front', fileOf(`{${v}}`), 'invalid-argument'],
  ['a gap between', fileOf(`{${w},"v":${entry('U8', '[3]', 5, 8)}}`), 'invalid-argument'],
  ['bytes that are no tensor', fileOf(`{${w}}`), 'invalid-argument'],
  ['a tensor beyond the end', fileOf(`{${w},${v}}`, 7), 'invalid-argument'],
  ['a bool that is neither', fileOf(`{"w":${entry('BOOL', '[8]', 0, 8)}}`).fill(2, -1), 'invalid-argument'],
])('refuses %s', (_, file, code) => {
  expect(codeThrownBy(() => readSafetensors(file))).toBe(code);
});

test.each([
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['F8_E4M3', 'F8_E4M3'],
  ['I8', 'int8'],
  ['U32', 'uint32'],
])('says which tensor is of %s', (stored, dtype) => {
  const { code, message, details } = errorThrownBy(() =>
    readSafetensors(fileOf(`{${w},"layer.weight":${entry(stored, '[2]', 4, 8)}}`)),
  );

  expect(code).toBe('unsupported');
  expect(details).toEqual({ tensor: 'layer.weight', dtype });
  expect(message).toMatch(`layer.weight: elements of type ${dtype}`);
});

test.each(['../w', 'a/../w', '/etc/passwd', 'a\\b', '\0', '\ud800', 'n'.repeat(501)])(
  'neither reads nor writes a tensor named %j',
  (name) => {
    const file = fileOf(`{${JSON.stringify(name)}:${entry('U8', '[8]', 0, 8)}}`);
    expect(codeThrownBy(() => readSafetensors(file))).toBe('invalid-argument');
    expect(codeThrownBy(() => writeSafetensors(scalarNamed(name)))).toBe('invalid-argument');
  },
);

test('does not write a tensor in the place of the free text', () => {
  expect(codeThrownBy(() => writeSafetensors(scalarNamed('__metadata__')))).toBe('invalid-argument');
});

test('does not write a header that no reader takes', () => {
  const file = () => writeSafetensors(scalarNamed('w'), { metadata: { text: 'x'.repeat(17_000_000) } });

  expect(codeThrownBy(file)).toBe('too-large');
});

test('reads as much as it is allowed to', () => {
  const file = writeSafetensors(scalarNamed('w'));

  expect(readSafetensors(file, { maxBytes: file.length }).tensors).toHaveLength(1);
  expect(codeThrownBy(() => readSafetensors(file, { maxBytes: file.length - 1 }))).toBe('too-large');
});
