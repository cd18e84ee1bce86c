import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

it('shows an example that runs, shows its status and ends when told to', async () => {
  const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const directory = await mkdtemp(join(tmpdir(), 'fedops-readme-'));
  const source = example.replace("'./fedops-client'", JSON.stringify(directory));
  // The working directory is where bare specifiers are looked up from.
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: PACKAGE,
    env: { PATH: process.env.PATH, FEDOPS_CLIENT_PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    let output = '';
    child.stdout.setEncoding('utf8');
    while (!output.includes('}\n}')) output += (await once(child.stdout, 'data'))[0];
    expect(output).toContain("FL_task_id: 'mnist'");
    expect(output).toContain("phase: 'idle'");
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  } finally {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true });
  }
});
