import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

test('the example of the README writes two files and reads one of them', async () => {
  const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)![1]!;
  const folder = await mkdtemp(join(tmpdir(), 'fedops-readme-'));
  // Bare specifiers are looked up from the package, files written to the folder.
  const source = example.replaceAll(/'(model\.\w+)'/g, (_, name) => JSON.stringify(join(folder, name)));

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: PACKAGE,
  });

  expect(stdout).toBe('Float32Array(2) [ 2, 3 ]\n');
  expect((await readdir(folder)).sort()).toEqual(['model.npz', 'model.safetensors']);
  await rm(folder, { recursive: true });
});
