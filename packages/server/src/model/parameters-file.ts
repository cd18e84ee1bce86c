import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FedOpsError, type ParametersRef, type Sha256 } from '@fedops/shared-types';
import { syncDirectory, temporaryPath } from '../files/durable-files.js';
import { storing } from '../files/storage-error.js';
import type { ParametersReader, ParametersWriter } from './model-store.js';

/** Small appends are gathered into writes of this size. */
const WRITE_BYTES = 256 * 1024;

/** One call of the system reads less than 2 GiB. */
const READ_BYTES = 2 ** 30;

/** Writes parameters to a temporary file, and moves it to its digest's place when they are complete. */
export async function createParametersWriter(
  directory: string,
  pathOf: (digest: Sha256) => string,
): Promise<ParametersWriter> {
  const path = temporaryPath(directory);
  const handle = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  const gathered = Buffer.allocUnsafe(WRITE_BYTES);
  let filled = 0;
  let byteLength = 0;
  let isOpen = true;

  async function flush(): Promise<void> {
    await handle.writeFile(gathered.subarray(0, filled));
    filled = 0;
  }

  async function discard(): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
    await rm(path, { force: true });
  }

  return {
    append: (bytes) =>
      storing('writing parameters', async () => {
        hash.update(bytes);
        byteLength += bytes.length;
        if (filled + bytes.length > WRITE_BYTES) await flush();
        if (bytes.length > WRITE_BYTES) return handle.writeFile(bytes);
        gathered.set(bytes, filled);
        filled += bytes.length;
      }),

    commit: () =>
      storing('writing parameters', async (): Promise<ParametersRef> => {
        await flush();
        await handle.sync();
        isOpen = false;
        await handle.close();
        const digest = hash.digest('hex');
        await rename(path, pathOf(digest));
        await syncDirectory(dirname(path));
        return { digest, byteLength };
      }),

    discard,
  };
}

export async function openParameters(path: string): Promise<ParametersReader> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  return {
    byteLength: size,
    read: (offset, into) =>
      storing(`reading ${path}`, async () => {
        for (let filled = 0; filled < into.length; ) {
          const wanted = Math.min(into.length - filled, READ_BYTES);
          const { bytesRead } = await handle.read(into, filled, wanted, offset + filled);
          if (bytesRead === 0) {
            throw new FedOpsError(
              'storage',
              `${path}: expected ${into.length} bytes at ${offset}, got ${filled}`,
            );
          }
          filled += bytesRead;
        }
      }),
    close: () => handle.close(),
  };
}

/** @throws {FedOpsError} `storage` where the file is not what its reference says. */
export async function verifyDigest(path: string, expected: ParametersRef): Promise<void> {
  const hash = createHash('sha256');
  let byteLength = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk);
    byteLength += chunk.length;
  }
  const digest = hash.digest('hex');
  if (digest !== expected.digest || byteLength !== expected.byteLength) {
    throw new FedOpsError(
      'storage',
      `${path}: expected ${expected.byteLength} bytes with SHA-256 ${expected.digest}, got ${byteLength} with ${digest}`,
    );
  }
}
