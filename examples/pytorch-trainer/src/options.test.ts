import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseOptions } from './options.js';

const HERE = resolve('/somewhere');

test('everything has a default', () => {
  expect(parseOptions([], HERE)).toEqual({ python: 'python3', script: 'train.py', format: 'npz', rounds: 6 });
});

test('takes what it is given, a path of the Python from the working directory', () => {
  const args = ['--python', 'venv/bin/python', '--script', 'train_numpy.py', '--format', 'safetensors'];

  expect(parseOptions([...args, '--rounds', '2'], HERE)).toEqual({
    python: resolve(HERE, 'venv/bin/python'),
    script: 'train_numpy.py',
    format: 'safetensors',
    rounds: 2,
  });
});

test('help is no run', () => {
  expect(parseOptions(['--help'], HERE)).toBeUndefined();
});

test.each([
  ['--script', 'rm.py'],
  ['--format', 'pickle'],
  ['--rounds', '0'],
  ['--rounds', '1.5'],
  ['--epochs', '1'],
])('refuses %s %s', (...args) => {
  expect(() => parseOptions(args, HERE)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
