import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { pythonOf } from './python-environment.mjs';
import { MAIN_VERSION } from './versions.mjs';

const FOLDER = new URL('../../packages/flower/test/vectors/', import.meta.url);

test('Flower and NumPy make the same vectors anew', () => {
  const script = fileURLToPath(new URL('make_vectors.py', FOLDER));
  const made = execFileSync(pythonOf(MAIN_VERSION), [script], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });

  const { madeWith, ...vectors } = JSON.parse(made);
  const { madeWith: keptWith, ...kept } = JSON.parse(readFileSync(new URL('vectors.json', FOLDER), 'utf8'));
  expect(keptWith.flwr).toBe(MAIN_VERSION);
  expect(madeWith).toEqual(keptWith);
  expect(vectors).toEqual(kept);
});
