import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const INSTALLED = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const TRAINER = `export const createTrainer = () => ({ signature: [{ name: 'w', shape: [2], dtype: 'float32' }] });\n`;

it('shows an example that runs, shows its status with what it trains, and ends when told to', async () => {
  const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const directory = await mkdtemp(join(tmpdir(), 'fedops-readme-'));
  await symlink(INSTALLED, join(directory, 'node_modules'), 'junction');
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }\n');
  await writeFile(join(directory, 'trainer.js'), TRAINER);
  await writeFile(join(directory, 'client.js'), example);
  const child = spawn(process.execPath, ['client.js'], {
    cwd: directory,
    env: { PATH: process.env.PATH, FEDOPS_CLIENT_PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    let output = '';
    child.stdout.setEncoding('utf8');
    while (!output.includes('\n}\n')) output += (await once(child.stdout, 'data'))[0];
    expect(output).toContain("FL_task_id: 'mnist'");
    expect(output).toContain("phase: 'idle'");
    expect(output).toContain('signature: [ { name:');
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  } finally {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true });
  }
});
