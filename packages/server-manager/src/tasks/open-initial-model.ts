import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FedOpsError } from '@fedops/shared-types';

/** The bytes of a task's initial model, as it was uploaded. @throws {FedOpsError} `storage` where they cannot be read. */
export async function openInitialModel(path: string): Promise<Readable> {
  try {
    return (await open(path, 'r')).createReadStream();
  } catch (cause) {
    const { message } = FedOpsError.from(cause);
    throw new FedOpsError('storage', `the initial model cannot be read: ${message}`, { cause });
  }
}
