import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

/** A platform that refuses every WebAssembly module that it is asked about, and says when it was asked. */
const WITHOUT_SIMD = `data:text/javascript,
  WebAssembly.validate = () => {
    process.stderr.write('refused\\n');
    return false;
  };`;

async function digestsBy(nodeOptions: readonly string[]) {
  const script = fileURLToPath(new URL('digests.mjs', import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...nodeOptions, script]);
  return { digests: JSON.parse(stdout), stderr };
}

async function pinned() {
  return JSON.parse(await readFile(new URL('digests.json', import.meta.url), 'utf8'));
}

describe('fixed updates', () => {
  it('make the models that every supported Node makes', async () => {
    const { digests } = await digestsBy([]);
    expect(digests).toEqual(await pinned());
  });

  it('make the same models where there is no SIMD', async () => {
    const { digests, stderr } = await digestsBy(['--import', WITHOUT_SIMD]);
    expect(stderr).toContain('refused');
    expect(digests).toEqual(await pinned());
  });
});
