import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FedOpsError, type Sha256 } from '@fedops/shared-types';

/**
 * Looks whether the published file is the model that the run announced.
 *
 * @throws {FedOpsError} `storage` where it cannot be read, or its SHA-256 is another.
 */
export async function assertModelFile(path: string, digest: Sha256): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new FedOpsError('storage', `cannot read ${path}: ${FedOpsError.from(cause).message}`, { cause });
  }
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== digest) throw new FedOpsError('storage', `${path}: expected SHA-256 ${digest}, got ${found}`);
}
