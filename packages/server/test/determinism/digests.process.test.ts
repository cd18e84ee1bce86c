import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

it('fixed updates make the models that every supported Node makes', async () => {
  const script = fileURLToPath(new URL('digests.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const pinned = await readFile(new URL('digests.json', import.meta.url), 'utf8');
  expect(JSON.parse(stdout)).toEqual(JSON.parse(pinned));
});
