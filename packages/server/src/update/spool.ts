import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateDirectory, temporaryPath } from '../files/durable-files.js';
import { storing } from '../files/storage-error.js';
import type { ParametersReader } from '../model/model-store.js';
import { openParameters } from '../model/parameters-file.js';
import { portableName } from '../model/portable-name.js';
import type { ReceivedUpdate } from '../run/run-state.js';

/**
 * Where the bytes of the open round's updates lie: one file a client, as received.
 * They are private data, and go when the round's model is durable.
 */
export interface Spool {
  /** Begins to take an update; nobody sees it before `keep`. */
  begin(): Promise<SpooledUpload>;
  open(update: UpdateKey): Promise<ParametersReader>;
  /** Throws away the updates that are kept; uploads under way go on. */
  clear(): Promise<void>;
  /** Throws away the spool itself. */
  remove(): Promise<void>;
}

export interface SpooledUpload {
  append(bytes: Uint8Array): Promise<void>;
  /** Makes it an update of the round. Two different ones of one client lie side by side until the round has chosen. */
  keep(update: UpdateKey): Promise<void>;
  /** Throws it away; does nothing after `keep`. */
  discard(): Promise<void>;
}

export type UpdateKey = Pick<ReceivedUpdate, 'clientId' | 'digest'>;

const KEPT_SUFFIX = '.update';

/** How the spool opens a file for writing: a seam, so that a test can fill the disk. */
export type OpenForWriting = (path: string) => Promise<Pick<FileHandle, 'write' | 'close'>>;

/** @throws {FedOpsError} `storage` where the directory cannot be made. */
export async function openSpool(
  directory: string,
  openForWriting: OpenForWriting = (path) => open(path, 'wx', 0o600),
): Promise<Spool> {
  const pathOf = ({ clientId, digest }: UpdateKey) =>
    join(directory, `${portableName(clientId, sha256)}.${digest}${KEPT_SUFFIX}`);
  const remove = () => storing('update spool', () => rm(directory, { recursive: true, force: true }));
  // Updates of a server that was killed belong to no round that is known here.
  await remove();
  await storing('update spool', () => makePrivateDirectory(directory));

  return {
    begin: () =>
      storing('update spool', async () => {
        const path = temporaryPath(directory);
        const handle = await openForWriting(path);
        let isOpen = true;
        const close = async () => {
          isOpen = false;
          await handle.close();
        };
        return {
          append: (bytes) => storing('update spool', () => writeAll(handle, bytes)),
          keep: (update) =>
            storing('update spool', async () => {
              await close();
              await rename(path, pathOf(update));
            }),
          async discard() {
            if (!isOpen) return;
            await close();
            await rm(path, { force: true });
          },
        };
      }),
    open: (update) => storing(`update of ${update.clientId}`, () => openParameters(pathOf(update))),
    clear: () =>
      storing('update spool', async () => {
        for (const name of await readdir(directory)) {
          if (name.endsWith(KEPT_SUFFIX)) await rm(join(directory, name), { force: true });
        }
      }),
    remove,
  };
}

async function writeAll(handle: Pick<FileHandle, 'write'>, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, from, bytes.length - from);
    from += bytesWritten;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
