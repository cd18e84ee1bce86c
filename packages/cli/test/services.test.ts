import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProgram } from '../src/run-program.js';
import { fakeContext } from './fake-context.js';
import { temporaryDirectory } from './temporary-directory.js';

test.each([
  ['an FL server', ['server', '--task-id', 'digits']],
  ['a server manager', ['manager']],
])('%s names the file of a join token that is too short', async (_, args) => {
  const cwd = await temporaryDirectory();
  const file = join(cwd, 'join.token');
  await writeFile(file, 'short\n');
  const context = fakeContext({ cwd });
  expect(await runProgram([...args, '--join-token-file', file], context)).toBe(2);
  expect(context.said().stderr).toContain(`${file} must hold a token of at least 16 characters, got 5`);
});

(process.platform === 'win32' ? test.skip : test)(
  'a client manager warns where others can read the key of its device',
  async () => {
    const cwd = await temporaryDirectory();
    const file = join(cwd, 'device-identity.json');
    // Damaged too, so that the command ends by itself.
    await writeFile(file, '');
    await chmod(file, 0o644);
    const context = fakeContext({ cwd });
    const args = ['client-manager', '--data-dir', cwd, '--manager', 'http://127.0.0.1:1', '--port', '0'];
    expect(await runProgram(args, context)).toBe(8);
    expect(context.said().stderr).toContain(
      `${file} has mode 0644, and whoever reads it can take part as this device`,
    );
  },
);
