import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from './storage-error.js';

/** A directory that only this user can look into, its parents made as needed. */
export async function makePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** Makes sure that a directory's entries outlive a loss of power. Where the system has no such call, as Windows, nothing. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file whole or not at all, replacing one that is there. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = await writeTemporary(dirname(path), content);
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Writes a file whole or not at all; false where one is there already, which then stays as it is. */
export async function createFile(path: string, content: string): Promise<boolean> {
  const temporary = await writeTemporary(dirname(path), content);
  try {
    // Unlike a rename, a link never replaces, so of two writers one fails.
    await link(temporary, path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
  await syncDirectory(dirname(path));
  return true;
}

/** A name in the directory that nobody else uses; leftovers after a crash are told by the suffix. */
export function temporaryPath(directory: string): string {
  return join(directory, `${randomBytes(12).toString('hex')}${TEMPORARY_SUFFIX}`);
}

export const TEMPORARY_SUFFIX = '.tmp';

async function writeTemporary(directory: string, content: string): Promise<string> {
  const path = temporaryPath(directory);
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
  return path;
}
