import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

it('shows an example that runs, starts a run, and ends', async () => {
  const readme = await readFile(`${PACKAGE}/README.md`, 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', example], {
    cwd: PACKAGE,
  });
  expect((await run).stdout).toBe('r1 starting\n');
});
