import { encodeNpy } from '@fedops/flower';
import { createParameters } from '@fedops/parameters';
import type { Dtype } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { deflateSync, unzipSync, zipSync } from 'fflate';
import { codeThrownBy, errorThrownBy } from '../../test/error-code.js';
import { readNpz, writeNpz } from './npz-file.js';

const npy = (shape: readonly number[], bytes: Uint8Array) => encodeNpy({ dtype: 'uint8', shape, bytes });
const one = npy([1], Uint8Array.of(7));

const scalarNamed = (name: string) =>
  createParameters([{ name, shape: [], dtype: 'uint8' as Dtype }], [Uint8Array.of(1)]);

const DIRECTORY_MARK = [0x50, 0x4b, 1, 2];

/** Where the n-th record of the directory begins. */
function recordAt(file: Uint8Array, n = 0): number {
  let at = -1;
  for (let i = 0; i <= n; i++) {
    at = file.findIndex(
      (_, start) => start > at && DIRECTORY_MARK.every((byte, j) => file[start + j] === byte),
    );
  }
  return at;
}

/** The archive with another number in the n-th record of its directory. */
function withField(file: Uint8Array, offset: number, value: number, n = 0): Uint8Array {
  const changed = file.slice();
  new DataView(changed.buffer).setUint32(recordAt(file, n) + offset, value, true);
  return changed;
}

/** The archive with another number of files in the record at its end. */
function withCount(file: Uint8Array, count: number): Uint8Array {
  return file.with(file.length - 22 + 8, count).with(file.length - 22 + 10, count);
}

const CRC = 16;
const PACKED_SIZE = 20;
const SIZE = 24;
const PLACE = 42;

test('names the files as NumPy does', () => {
  const parameters = createParameters(
    [
      { name: 'dense/kernel:0', shape: [2], dtype: 'float32' },
      { name: '0', shape: [], dtype: 'bool' },
    ],
    [Float32Array.of(1, 2), Uint8Array.of(1)],
  );

  expect(Object.keys(unzipSync(writeNpz(parameters)))).toEqual(['dense/kernel:0.npy', '0.npy']);
});

test('makes no copy of what is stored, and deflates where that is asked for', () => {
  const zeros = createParameters(
    [{ name: 'w', shape: [100_000], dtype: 'uint8' }],
    [new Uint8Array(100_000)],
  );
  const file = writeNpz(zeros);

  expect(readNpz(file).tensors[0]!.buffer).toBe(file.buffer);
  expect(writeNpz(zeros, { compression: 'deflated' }).length).toBeLessThan(1_000);
});

test('reads files of many pieces', () => {
  const data = new Uint8Array(3_000_000).map((_, i) => (i * i) % 251);
  const parameters = createParameters([{ name: 'w', shape: [3_000_000], dtype: 'uint8' }], [data]);

  const [read] = readNpz(writeNpz(parameters, { compression: 'deflated' })).tensors;

  expect(read!.every((value, i) => value === data[i])).toBe(true);
});

test.each([
  ['no archive', one],
  ['an archive of nothing', zipSync({})],
  ['a file that is no .npy', zipSync({ 'a.npy': one, 'readme.txt': one })],
  ['a file without a name', zipSync({ '.npy': one })],
  ['a .npy that is none', zipSync({ 'a.npy': new Uint8Array(10) })],
  ['a name that leads out of the folder', zipSync({ '../a.npy': one })],
  ['a name of the file system', zipSync({ '/a.npy': one })],
  ['a checksum that does not fit', withField(zipSync({ 'a.npy': one }), CRC, 1)],
  ['a stored file of another size', withField(zipSync({ 'a.npy': one }, { level: 0 }), SIZE, one.length - 1)],
  ['a deflated file of fewer bytes', withField(zipSync({ 'a.npy': one }), SIZE, one.length + 1)],
  ['a deflated file of more bytes', withField(zipSync({ 'a.npy': one }), SIZE, one.length - 1)],
  ['a deflated file that is cut off', withField(zipSync({ 'a.npy': one }), PACKED_SIZE, 10)],
  ['bytes that reach into the directory', withField(zipSync({ 'a.npy': one }), PACKED_SIZE, 10_000)],
  ['a file that is somewhere else', withField(zipSync({ 'a.npy': one }), PLACE, 1)],
  ['a file behind the end', withField(zipSync({ 'a.npy': one }), PLACE, 100_000)],
  ['a directory of more files than it counts', withCount(zipSync({ 'a.npy': one, 'b.npy': one }), 1)],
  ['a directory of fewer files than it counts', withCount(zipSync({ 'a.npy': one }), 2)],
  ['another name where the file lies', zipSync({ 'a.npy': one }).with(30, 0x62)],
])('refuses %s', (_, file) => {
  expect(codeThrownBy(() => readNpz(file))).toBe('invalid-argument');
});

test('refuses a size that the bytes cannot make, before it makes room for it', () => {
  const file = withField(zipSync({ 'a.npy': one }), SIZE, 1_000_000_000);

  expect(errorThrownBy(() => readNpz(file))).toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(/cannot hold/),
  });
});

test('refuses a tensor twice', () => {
  const file = zipSync({ 'a.npy': one, 'b.npy': one });
  const second = file.findIndex((_, at) => at > 30 && file[at] === 0x62 && file[at + 1] === 0x2e);
  const inDirectory = recordAt(file, 1) + 46;

  const renamed = file.with(second, 0x61).with(inDirectory, 0x61);

  expect(errorThrownBy(() => readNpz(renamed))).toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(/two tensors/),
  });
});

test('refuses files that lie over one another', () => {
  const inner = zipSync({ 'b.npy': one }, { level: 0 });
  const innerRecord = inner.subarray(0, recordAt(inner));
  const outer = zipSync({ 'a.npy': innerRecord, 'b.npy': one }, { level: 0 });
  const within = 30 + 'a.npy'.length;

  expect(errorThrownBy(() => readNpz(withField(outer, PLACE, within, 1)))).toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(/over another/),
  });
});

test.each([
  ['encryption', withField(zipSync({ 'a.npy': one }), 8, 1)],
  ['another compression', withField(zipSync({ 'a.npy': one }), 10, 12)],
  ['the ZIP64 form', withField(zipSync({ 'a.npy': one }), SIZE, 0xffffffff)],
])('does not support %s', (_, file) => {
  expect(codeThrownBy(() => readNpz(file))).toBe('unsupported');
});

test('says which tensor is of float16', () => {
  const half = encodeNpy({ dtype: 'float16', shape: [1], bytes: new Uint8Array(2) });

  expect(errorThrownBy(() => readNpz(zipSync({ 'a.npy': one, 'layer.weight.npy': half })))).toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/layer\.weight: elements of type float16/),
    details: { tensor: 'layer.weight', dtype: 'float16' },
  });
});

test('says which tensor is of objects', () => {
  const text = new TextDecoder('latin1').decode(one).replace("'|u1'", "'|O' ");
  const objects = Uint8Array.from(text, (character) => character.charCodeAt(0)).with(0, 0x93);

  expect(errorThrownBy(() => readNpz(zipSync({ 'w.npy': objects })))).toMatchObject({
    code: 'unsupported',
    details: { tensor: 'w' },
  });
});

test('looks at all declared sizes before it inflates one', () => {
  const zeros = npy([2_000_000], new Uint8Array(2_000_000));
  const file = zipSync({ 'a.npy': zeros, 'b.npy': zeros });

  expect(file.length).toBeLessThan(10_000);
  expect(readNpz(file, { maxBytes: 2 * zeros.length }).tensors).toHaveLength(2);
  expect(codeThrownBy(() => readNpz(file, { maxBytes: 2 * zeros.length - 1 }))).toBe('too-large');
});

test('ends soon where far more comes out than was declared', () => {
  const bomb = zipSync({ 'a.npy': new Uint8Array(100_000_000) }, { level: 9 });
  const file = withField(bomb, SIZE, 1_000);
  // Whoever came so far would find that it does not inflate.
  file.fill(0xff, file.length / 2, file.length * 0.9);

  expect(errorThrownBy(() => readNpz(file))).toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(/more than/),
  });
});

test('takes a file that a stream has written, its sizes behind its bytes', () => {
  const packed = deflateSync(one);
  const file = zipSync({ 'a.npy': one });
  const streamed = new Uint8Array(file.length + 16);
  const end = 30 + 'a.npy'.length + packed.length;
  streamed.set(file.subarray(0, end));
  streamed.fill(0, 14, 26);
  streamed[6] = 8;
  streamed.set(file.subarray(end), end + 16);
  new DataView(streamed.buffer).setUint32(streamed.length - 6, end + 16, true);

  expect(readNpz(streamed).tensors[0]).toEqual(Uint8Array.of(7));
});

test.each(['../w', '/w', 'a\\b', '\ud800', ''])('does not write a tensor named %j', (name) => {
  expect(codeThrownBy(() => writeNpz(scalarNamed(name)))).toBe('invalid-argument');
});

test('does not write more tensors than an archive counts', () => {
  const signature = Array.from({ length: 65_535 }, (_, i) => ({
    name: String(i),
    shape: [],
    dtype: 'uint8' as Dtype,
  }));
  const tensors = signature.map(() => Uint8Array.of(1));

  expect(codeThrownBy(() => writeNpz(createParameters(signature, tensors)))).toBe('too-large');
});
