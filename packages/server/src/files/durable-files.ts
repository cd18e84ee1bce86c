import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { FileSystem } from './file-system.js';
import { systemCode } from './storage-error.js';

/** Writes a file whole or not at all, replacing one that is there. */
export async function replaceFile(files: FileSystem, path: string, content: string): Promise<void> {
  const temporary = await writeTemporary(files, dirname(path), content);
  await files.rename(temporary, path);
  await files.syncDirectory(dirname(path));
}

/** Writes a file whole or not at all; false where one is there already, which then stays as it is. */
export async function createFile(files: FileSystem, path: string, content: string): Promise<boolean> {
  const temporary = await writeTemporary(files, dirname(path), content);
  try {
    // Unlike a rename, a link never replaces, so of two writers one fails.
    await files.link(temporary, path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await files.remove(temporary);
  }
  await files.syncDirectory(dirname(path));
  return true;
}

/** Makes a directory that outlives a loss of power, as its entry does; its parents are made, too, and are not synced. */
export async function makeDurableDirectory(files: FileSystem, path: string): Promise<void> {
  await files.makeDirectory(path);
  await files.syncDirectory(dirname(path));
}

/** A file's text; undefined where there is none. */
export async function readText(files: FileSystem, path: string): Promise<string | undefined> {
  const bytes = await readBytes(files, path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** A file's bytes; undefined where there is none. */
export async function readBytes(files: FileSystem, path: string): Promise<Uint8Array | undefined> {
  try {
    const file = await files.open(path, 'read');
    try {
      const bytes = new Uint8Array(await file.size());
      return bytes.subarray(0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A name in the directory that nobody else uses; leftovers after a crash are told by the suffix. */
export function temporaryPath(directory: string): string {
  return join(directory, `${randomBytes(12).toString('hex')}${TEMPORARY_SUFFIX}`);
}

/** What the names of files that are still being written end in. */
export const TEMPORARY_SUFFIX = '.tmp';

async function writeTemporary(files: FileSystem, directory: string, content: string): Promise<string> {
  const path = temporaryPath(directory);
  const file = await files.open(path, 'create');
  try {
    await file.write(new TextEncoder().encode(content));
    await file.sync();
  } catch (error) {
    await files.remove(path).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
  return path;
}
