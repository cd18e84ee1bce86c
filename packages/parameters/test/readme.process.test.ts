import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

test('the example of the README encodes a model and reads it back', async () => {
  const readme = await readFile(`${PACKAGE}/README.md`, 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', example], {
    cwd: PACKAGE,
  });

  expect(stdout).toMatch(/^[0-9a-f]{64} \d+\nFloat32Array\(6\) \[\s*1, 2, 3, 4, 5, 6\s*\]\n$/);
});
