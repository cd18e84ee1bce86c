import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, unlink } from 'node:fs/promises';
import { makeDirectory } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';

/** Makes the data directory, which only this user reads. @throws {FedOpsError} `storage` where it cannot be made. */
export async function openDataDirectory(path: string): Promise<void> {
  try {
    await makeDirectory(path);
  } catch (cause) {
    throw new FedOpsError('storage', `data directory ${path}: ${FedOpsError.from(cause).message}`, { cause });
  }
}

/** A file's text; undefined where there is none. @throws {FedOpsError} `storage` */
export function readText(path: string): Promise<string | undefined> {
  return storing(path, () =>
    readFile(path, 'utf8').catch((cause: unknown) => {
      if (systemCode(cause) === 'ENOENT') return undefined;
      throw cause;
    }),
  );
}

/** Puts a text in place of a file's content: all of it or nothing. @throws {FedOpsError} `storage` */
export function replaceText(path: string, text: string): Promise<void> {
  return storing(path, async () => {
    const temporary = await writeAside(path, text);
    await rename(temporary, path);
  });
}

/** Makes a file with this text; false where there is a file of that name. @throws {FedOpsError} `storage` */
export function createText(path: string, text: string): Promise<boolean> {
  return storing(path, async () => {
    const temporary = await writeAside(path, text);
    try {
      await link(temporary, path);
      return true;
    } catch (cause) {
      if (systemCode(cause) === 'EEXIST') return false;
      throw cause;
    } finally {
      await unlink(temporary);
    }
  });
}

/** Removes a file, or finds it gone. @throws {FedOpsError} `storage` */
export function removeFile(path: string): Promise<void> {
  return storing(path, () =>
    unlink(path).catch((cause: unknown) => {
      if (systemCode(cause) !== 'ENOENT') throw cause;
    }),
  );
}

async function writeAside(path: string, text: string): Promise<string> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw cause;
  } finally {
    await file.close();
  }
  return temporary;
}

async function storing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new FedOpsError('storage', `${path}: ${systemCode(cause) ?? 'cannot be used'}`, { cause });
  }
}

/** The code of a system error, such as `ENOSPC`. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
