import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeDurableDirectory, TEMPORARY_SUFFIX, temporaryPath } from '../files/durable-files.js';
import type { FileSystem } from '../files/file-system.js';
import { storing, systemCode } from '../files/storage-error.js';
import type { ParametersReader } from '../model/model-store.js';
import { openParameters } from '../model/parameters-file.js';
import { portableName } from '../model/portable-name.js';
import type { ReceivedUpdate } from '../run/run-state.js';

/** Names an update for good: who sent it, and its SHA-256. */
export type UpdateKey = Pick<ReceivedUpdate, 'clientId' | 'digest'>;

/** Updates of rounds that are over, kept so that models can be verified: one file each, as received. */
export interface KeptUpdates {
  /** Copies an update out of the spool; nothing where it is kept already. */
  keep(update: UpdateKey, from: ParametersReader): Promise<void>;
  /** Undefined for an update that was not kept. */
  open(update: UpdateKey): Promise<ParametersReader | undefined>;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Opens the directory for its only writer, and removes the halves of copies that a killed one left there.
 *
 * @throws {FedOpsError} `storage` where the directory cannot be made.
 */
export async function openKeptUpdates(files: FileSystem, directory: string): Promise<KeptUpdates> {
  await storing('kept updates', async () => {
    await makeDurableDirectory(files, directory);
    const leftovers = (await files.list(directory)).filter((name) => name.endsWith(TEMPORARY_SUFFIX));
    for (const name of leftovers) await files.remove(join(directory, name));
  });
  const { open } = readKeptUpdates(files, directory);

  return {
    open,
    keep: (update, from) =>
      storing(`update of ${update.clientId}`, async () => {
        const before = await open(update);
        if (before !== undefined) return before.close();
        const path = temporaryPath(directory);
        const file = await files.open(path, 'create');
        try {
          for (let offset = 0; offset < from.byteLength; offset += CHUNK_BYTES) {
            const chunk = new Uint8Array(Math.min(CHUNK_BYTES, from.byteLength - offset));
            await from.read(offset, chunk);
            await file.write(chunk);
          }
          await file.sync();
        } finally {
          await file.close();
        }
        await files.rename(path, pathOf(directory, update));
        await files.syncDirectory(directory);
      }),
  };
}

/** Kept updates for those who only look at them; none where the directory is not there. */
export function readKeptUpdates(files: FileSystem, directory: string): Pick<KeptUpdates, 'open'> {
  return {
    open: (update) =>
      storing(`update of ${update.clientId}`, async () => {
        try {
          return await openParameters(files, pathOf(directory, update));
        } catch (error) {
          if (systemCode(error) === 'ENOENT') return undefined;
          throw error;
        }
      }),
  };
}

function pathOf(directory: string, { clientId, digest }: UpdateKey): string {
  return join(directory, `${portableName(clientId, sha256)}.${digest}.update`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
