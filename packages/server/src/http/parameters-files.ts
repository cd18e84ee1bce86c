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
  /** Asked for before anything is awaited, so that all who come at once share one reading. */
  let newest: { readonly digest: Sha256; readonly bytes: Promise<Uint8Array | undefined> } | undefined;

  /** Undefined for parameters that are too large to keep. */
  async function buffered(digest: Sha256): Promise<Uint8Array | undefined> {
    const reader = await store.open(digest);
    await reader.close();
    return reader.byteLength > maxBufferedBytes ? undefined : readEncoded(store, digest);
  }

  return {
    async serve(digest) {
      if (newest?.digest !== digest) {
        const asked = { digest, bytes: buffered(digest) };
        newest = asked;
        asked.bytes.catch(() => {
          if (newest === asked) newest = undefined;
        });
      }
      const bytes = await newest.bytes;
      return bytes === undefined
        ? { kind: 'reader', reader: await store.open(digest) }
        : { kind: 'buffer', bytes };
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
