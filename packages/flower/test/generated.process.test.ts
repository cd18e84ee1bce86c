import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const packageDirectory = fileURLToPath(new URL('..', import.meta.url));

test('the generated code is what its .proto gives', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fedops-generated-'));
  try {
    const template = readFileSync(join(packageDirectory, 'buf.gen.yaml'), 'utf8');
    writeFileSync(join(directory, 'buf.gen.yaml'), template.replace('src/generated', join(directory, 'out')));
    const binaries = join(
      dirname(createRequire(import.meta.url).resolve('@bufbuild/buf/package.json')),
      '../../.bin',
    );
    const { status, stderr } = spawnSync(
      join(binaries, 'buf'),
      ['generate', '--template', join(directory, 'buf.gen.yaml')],
      {
        cwd: packageDirectory,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH}` },
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });

    const committed = join(packageDirectory, 'src/generated');
    const made = readdirSync(join(directory, 'out'));
    expect(made).toEqual(readdirSync(committed));
    for (const file of made) {
      expect(readFileSync(join(directory, 'out', file), 'utf8')).toBe(
        readFileSync(join(committed, file), 'utf8'),
      );
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
