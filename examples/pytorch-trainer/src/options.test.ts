import { expect, test } from '@jest/globals';
import { parseOptions } from './options.js';

test('everything has a default', () => {
  expect(parseOptions([])).toEqual({ python: 'python3', script: 'train.py', format: 'npz', rounds: 6 });
});

test('takes what it is given', () => {
  const args = ['--python', 'venv/bin/python', '--script', 'train_numpy.py', '--format', 'safetensors'];

  expect(parseOptions([...args, '--rounds', '2'])).toEqual({
    python: 'venv/bin/python',
    script: 'train_numpy.py',
    format: 'safetensors',
    rounds: 2,
  });
});

test('help is no run', () => {
  expect(parseOptions(['--help'])).toBeUndefined();
});

test.each([
  ['--script', 'rm.py'],
  ['--format', 'pickle'],
  ['--rounds', '0'],
  ['--rounds', '1.5'],
  ['--epochs', '1'],
])('refuses %s %s', (...args) => {
  expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
