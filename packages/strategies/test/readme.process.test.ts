import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

test('the example of the README averages two updates by their examples', async () => {
  const readme = await readFile(`${PACKAGE}/README.md`, 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', example], {
    cwd: PACKAGE,
  });

  expect(stdout).toBe('Float32Array(2) [ 2.5, 2 ] { loss: 1.75 }\n');
});
