import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

/** Within the repository, so that Node finds the packages that the example installs; not under version control. */
const WORK = fileURLToPath(new URL('../../../.fedops/', import.meta.url));

test("the README's example prints what the README says", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const files = [...readme.matchAll(/^`([\w.]+)`[^\n]*\n\n```js\n([\s\S]*?)```/gm)];
  expect(files.map(([, name]) => name)).toEqual(['program.mjs', 'example.mjs']);
  await mkdir(WORK, { recursive: true });
  const folder = await mkdtemp(join(WORK, 'command-trainer-'));
  try {
    for (const [, name, code] of files) await writeFile(join(folder, name!), code!);

    const { stdout } = await promisify(execFile)(process.execPath, ['example.mjs'], { cwd: folder });

    const [, promised] = /\/\/ (Float32Array.*)$/m.exec(readme)!;
    expect(stdout.trim().split('\n')).toEqual(['1', promised]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
