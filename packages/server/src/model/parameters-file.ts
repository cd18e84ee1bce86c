import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { FedOpsError, type ParametersRef, type Sha256 } from '@fedops/shared-types';
import { temporaryPath } from '../files/durable-files.js';
import type { FileSystem, OpenFile } from '../files/file-system.js';
import { storing } from '../files/storage-error.js';
import type { ParametersReader, ParametersWriter } from './model-store.js';

/** Appends are gathered into writes of this size; while one is under way, the next is gathered. */
const WRITE_BYTES = 256 * 1024;

/** Writes parameters to a temporary file, and moves it to its digest's place when they are complete. */
export async function createParametersWriter(
  files: FileSystem,
  directory: string,
  pathOf: (digest: Sha256) => string,
): Promise<ParametersWriter> {
  const path = temporaryPath(directory);
  const file = await files.open(path, 'create');
  const hash = createHash('sha256');
  let [gathered, spare] = [Buffer.allocUnsafe(WRITE_BYTES), Buffer.allocUnsafe(WRITE_BYTES)];
  let filled = 0;
  let byteLength = 0;
  let isOpen = true;
  /** What is on its way to the disk, from `spare`. */
  let writing: Promise<void> = Promise.resolve();

  /** Begins to write what was gathered, once what was on its way is there. */
  async function flush(): Promise<void> {
    await writing;
    writing = file.write(gathered.subarray(0, filled));
    // Who waits for it next hears of its failure.
    writing.catch(() => {});
    [gathered, spare] = [spare, gathered];
    filled = 0;
  }

  return {
    append: (bytes) =>
      storing('writing parameters', async () => {
        hash.update(bytes);
        byteLength += bytes.length;
        for (let from = 0; from < bytes.length; ) {
          if (filled === WRITE_BYTES) await flush();
          const taken = bytes.subarray(from, from + WRITE_BYTES - filled);
          gathered.set(taken, filled);
          filled += taken.length;
          from += taken.length;
        }
      }),

    commit: () =>
      storing('writing parameters', async (): Promise<ParametersRef> => {
        await flush();
        await writing;
        await file.sync();
        isOpen = false;
        await file.close();
        const digest = hash.digest('hex');
        await files.rename(path, pathOf(digest));
        await files.syncDirectory(dirname(path));
        return { digest, byteLength };
      }),

    discard: () =>
      storing('writing parameters', async () => {
        if (!isOpen) return;
        isOpen = false;
        await writing.catch(() => {});
        await file.close();
        await files.remove(path);
      }),
  };
}

/** Throws the system's own error where there is no such file. */
export async function openParameters(files: FileSystem, path: string): Promise<ParametersReader> {
  const file = await files.open(path, 'read');
  return parametersReader(file, await file.size(), { what: path, close: () => file.close() });
}

/** Reads parameters from an open file. */
export function parametersReader(
  file: OpenFile,
  byteLength: number,
  { what, close }: { readonly what: string; readonly close: () => Promise<void> },
): ParametersReader {
  return {
    byteLength,
    read: (offset, into) =>
      storing(`reading ${what}`, async () => {
        const got = await file.read(into, offset);
        if (got < into.length) {
          throw new FedOpsError(
            'storage',
            `${what}: expected ${into.length} bytes at ${offset}, got ${got}`,
            {
              details: { damaged: true },
            },
          );
        }
      }),
    close,
  };
}

/** @throws {FedOpsError} `storage` where the file is not what its reference says. */
export async function verifyDigest(files: FileSystem, path: string, expected: ParametersRef): Promise<void> {
  const file = await files.open(path, 'read');
  try {
    const hash = createHash('sha256');
    const chunk = new Uint8Array(1024 * 1024);
    let byteLength = 0;
    for (let got = await file.read(chunk, 0); got > 0; got = await file.read(chunk, byteLength)) {
      hash.update(chunk.subarray(0, got));
      byteLength += got;
    }
    const digest = hash.digest('hex');
    if (digest === expected.digest && byteLength === expected.byteLength) return;
    throw new FedOpsError(
      'storage',
      `${path}: expected ${expected.byteLength} bytes with SHA-256 ${expected.digest}, got ${byteLength} with ${digest}`,
    );
  } finally {
    await file.close();
  }
}
