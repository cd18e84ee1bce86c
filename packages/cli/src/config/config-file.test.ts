import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { temporaryDirectory } from '../../test/temporary-directory.js';
import { loadConfigFile } from './config-file.js';

test('the file of the working directory is taken, YAML before JSON', async () => {
  const cwd = await temporaryDirectory();
  expect((await loadConfigFile({ cwd }, undefined)).path).toBeUndefined();
  await writeFile(join(cwd, 'fedops.json'), '{ "client": { "port": 1 } }');
  expect((await loadConfigFile({ cwd }, undefined)).section('client').values).toEqual({ port: 1 });
  await writeFile(join(cwd, 'fedops.yaml'), 'client:\n  port: 2\n');
  expect((await loadConfigFile({ cwd }, undefined)).section('client').values).toEqual({ port: 2 });
});

test('a file that is named wins, and its paths start where it lies', async () => {
  const cwd = await temporaryDirectory();
  await writeFile(join(cwd, 'fedops.yaml'), 'client:\n  port: 2\n');
  await mkdir(join(cwd, 'below'));
  await writeFile(join(cwd, 'below', 'other.yaml'), 'client:\n  port: 3\n');
  const file = await loadConfigFile({ cwd }, 'below/other.yaml');
  expect(file.section('client')).toEqual({ values: { port: 3 }, directory: join(cwd, 'below') });
});

test('a file that is named and not there is not-found; a directory in its place is storage', async () => {
  const cwd = await temporaryDirectory();
  const codeFor = async (named: string) =>
    FedOpsError.from(await loadConfigFile({ cwd }, named).catch((e: unknown) => e)).code;
  expect(await codeFor('none.yaml')).toBe('not-found');
  expect(await codeFor('.')).toBe('storage');
});

(process.platform === 'win32' ? test.skip : test)('a pipe is refused, and not waited for', async () => {
  const cwd = await temporaryDirectory();
  execFileSync('mkfifo', [join(cwd, 'fedops.yaml')]);
  const error = FedOpsError.from(await loadConfigFile({ cwd }, undefined).catch((e: unknown) => e));
  expect([error.code, error.message]).toEqual(['storage', expect.stringContaining('is a pipe')]);
});
