import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

test('a machine without that Python hears so, from each client', async () => {
  await expect(run(process.execPath, [main, '--python', 'no-such-python'])).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /^round 1: failed.*\n {2}high, fit: invalid-argument: cannot start no-such-python.*\n {2}low, fit: invalid-argument/,
    ),
  });
});

test('refuses an unknown option with its code, and ends with status 1', async () => {
  await expect(run(process.execPath, [main, '--epochs', '3'])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^invalid-argument: .*--epochs/),
  });
});
