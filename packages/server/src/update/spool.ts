import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { temporaryPath } from '../files/durable-files.js';
import type { FileSystem } from '../files/file-system.js';
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
  /** Throws away the kept updates but those given; uploads under way go on. */
  retain(updates: Iterable<UpdateKey>): Promise<void>;
  /** Throws away the spool itself. */
  remove(): Promise<void>;
}

export interface SpooledUpload {
  append(bytes: Uint8Array): Promise<void>;
  /**
   * Makes it an update of the round, durably. Two different ones of one client lie side by side until the
   * round has chosen.
   */
  keep(update: UpdateKey): Promise<void>;
  /** Throws it away; does nothing after `keep`. */
  discard(): Promise<void>;
}

export type UpdateKey = Pick<ReceivedUpdate, 'clientId' | 'digest'>;

const KEPT_SUFFIX = '.update';

/**
 * @param kept The updates of a run that goes on after a restart; all other files in the directory are thrown away.
 * @throws {FedOpsError} `storage` where the directory cannot be made.
 */
export async function openSpool(
  files: FileSystem,
  directory: string,
  kept: Iterable<UpdateKey> = [],
): Promise<Spool> {
  const nameOf = ({ clientId, digest }: UpdateKey) =>
    `${portableName(clientId, sha256)}.${digest}${KEPT_SUFFIX}`;
  const pathOf = (update: UpdateKey) => join(directory, nameOf(update));

  async function removeAllBut(
    updates: Iterable<UpdateKey>,
    isOurs: (name: string) => boolean,
  ): Promise<void> {
    const retained = new Set([...updates].map(nameOf));
    for (const name of await files.list(directory)) {
      if (isOurs(name) && !retained.has(name)) await files.remove(join(directory, name));
    }
  }

  await storing('update spool', async () => {
    await files.makeDirectory(directory);
    await removeAllBut(kept, () => true);
  });

  return {
    begin: () =>
      storing('update spool', async () => {
        const path = temporaryPath(directory);
        const file = await files.open(path, 'create');
        let isOpen = true;
        return {
          append: (bytes) => storing('update spool', () => file.write(bytes)),
          keep: (update) =>
            storing('update spool', async () => {
              await file.sync();
              isOpen = false;
              await file.close();
              await files.rename(path, pathOf(update));
              await files.syncDirectory(directory);
            }),
          async discard() {
            if (!isOpen) return;
            isOpen = false;
            await file.close();
            await files.remove(path);
          },
        };
      }),
    open: (update) => storing(`update of ${update.clientId}`, () => openParameters(files, pathOf(update))),
    retain: (updates) =>
      storing('update spool', () => removeAllBut(updates, (name) => name.endsWith(KEPT_SUFFIX))),
    remove: () => storing('update spool', () => files.removeTree(directory)),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
