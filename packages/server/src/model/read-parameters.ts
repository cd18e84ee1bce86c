import { decodeParameters, type Parameters } from '@fedops/parameters';
import type { Sha256 } from '@fedops/shared-types';
import type { ModelStore } from './model-store.js';

/**
 * Parameters of a store, whole in memory.
 *
 * @throws {FedOpsError} `not-found` for a digest that the store does not hold, `storage` where it cannot be read.
 */
export async function readParameters(store: ModelStore, digest: Sha256): Promise<Parameters> {
  return decodeParameters(await readEncoded(store, digest));
}

/** Encoded parameters of a store, whole in memory. */
export async function readEncoded(store: ModelStore, digest: Sha256): Promise<Uint8Array> {
  const reader = await store.open(digest);
  try {
    const bytes = new Uint8Array(reader.byteLength);
    await reader.read(0, bytes);
    return bytes;
  } finally {
    await reader.close();
  }
}
