import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readResultFile } from './result-file.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'result-file-'));
});

afterEach(() => rm(directory, { recursive: true }));

const reading = { maxBytes: 10, signal: new AbortController().signal };
const path = () => join(directory, 'result.json');

test('reads a file of at most so many bytes', async () => {
  await writeFile(path(), '0123456789');

  expect(new TextDecoder().decode(await readResultFile(path(), reading))).toBe('0123456789');
});

test('refuses a larger one', async () => {
  await writeFile(path(), '01234567890');

  await expect(readResultFile(path(), reading)).rejects.toMatchObject({ code: 'bad-response' });
});

test('refuses what is not there, by name', async () => {
  await expect(readResultFile(path(), reading)).rejects.toMatchObject({
    code: 'bad-response',
    message: 'the program wrote no result.json',
  });
});

test('refuses a directory', async () => {
  await mkdir(path());

  await expect(readResultFile(path(), reading)).rejects.toMatchObject({ code: 'bad-response' });
});

const posixTest = process.platform === 'win32' ? test.skip : test;

posixTest('refuses a pipe, which would never end', async () => {
  execFileSync('mkfifo', [path()]);

  await expect(readResultFile(path(), reading)).rejects.toMatchObject({ code: 'bad-response' });
});

posixTest('refuses a link to a device', async () => {
  await symlink('/dev/zero', path());

  await expect(readResultFile(path(), reading)).rejects.toMatchObject({ code: 'bad-response' });
});

posixTest('refuses a link to itself', async () => {
  await symlink('result.json', path());

  await expect(readResultFile(path(), reading)).rejects.toMatchObject({ code: 'bad-response' });
});

posixTest('refuses a socket, which cannot be opened', async () => {
  const server = createServer().listen(path());
  await once(server, 'listening');

  await expect(readResultFile(path(), reading)).rejects.toMatchObject({ code: 'bad-response' });
  server.close();
});

test('refuses one beyond the memory of any machine, before it is read', async () => {
  await writeFile(path(), '');
  await truncate(path(), 2 ** 40);

  await expect(readResultFile(path(), reading)).rejects.toMatchObject({ code: 'bad-response' });
});

test('stops reading with its signal', async () => {
  await writeFile(path(), '0123456789');
  const reason = new Error('enough');

  await expect(
    readResultFile(path(), { ...reading, signal: AbortSignal.abort(reason) }),
  ).rejects.toMatchObject({
    cause: reason,
  });
});
