import { FedOpsError, type Sha256 } from '@fedops/shared-types';
import type { ModelStore, ParametersReader } from '../model/model-store.js';
import { readEncoded } from '../model/read-parameters.js';

/** Encoded parameters as the door serves them. */
export type ServedParameters =
  | { readonly kind: 'buffer'; readonly bytes: Uint8Array }
  | { readonly kind: 'reader'; readonly reader: ParametersReader };

/** Gives out parameters by digest: the newest from one immutable buffer that all clients share, others from the store. */
export interface ParametersFiles {
  /** @throws {FedOpsError} `not-found` */
  serve(digest: Sha256): Promise<ServedParameters>;
}

/** @param maxBufferedBytes Larger parameters are read from the store for each client. */
export function createParametersFiles(
  store: ModelStore,
  maxBufferedBytes = 512 * 1024 * 1024,
): ParametersFiles {
  let newest: { readonly digest: Sha256; readonly bytes: Promise<Uint8Array> } | undefined;

  return {
    async serve(digest) {
      if (newest?.digest === digest) return { kind: 'buffer', bytes: await newest.bytes };
      const reader = await store.open(digest);
      if (reader.byteLength > maxBufferedBytes) return { kind: 'reader', reader };
      await reader.close();
      const bytes = readEncoded(store, digest);
      newest = { digest, bytes };
      bytes.catch(() => {
        if (newest?.digest === digest) newest = undefined;
      });
      return { kind: 'buffer', bytes: await bytes };
    },
  };
}

/** The bytes of a reader, a megabyte at a time. */
export async function* chunksOf(reader: ParametersReader): AsyncIterable<Uint8Array> {
  const CHUNK_BYTES = 1024 * 1024;
  for (let offset = 0; offset < reader.byteLength; offset += CHUNK_BYTES) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, reader.byteLength - offset));
    await reader.read(offset, chunk);
    yield chunk;
  }
}

/** @throws {FedOpsError} `not-found` for a text that is no digest. */
export function assertDigest(text: string | undefined): Sha256 {
  if (text === undefined || !/^[0-9a-f]{64}$/.test(text)) {
    throw new FedOpsError('not-found', 'expected a SHA-256 in lower-case hexadecimal');
  }
  return text;
}
