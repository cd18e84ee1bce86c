import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

test('the example of the README waits for clients, and says that too few came', async () => {
  const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'fedops-readme-'));
  // Bare specifiers are looked up from the package, the data directory lies in the folder; nobody comes for 50 ms either.
  const example = (/```js\n(.*?)```/s.exec(readme)?.[1] ?? '')
    .replace("'./fl-data'", JSON.stringify(join(folder, 'fl-data')))
    .replace('5_000', '50');
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', example],
      { cwd: PACKAGE },
    );

    expect(stdout).toMatch(
      /^clients come to http:\/\/127\.0\.0\.1:\d+ round 1 begins when 2 clients are connected; 0 are\ntoo-few-clients\n$/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
