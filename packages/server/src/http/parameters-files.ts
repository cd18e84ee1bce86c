import { FedOpsError, type Sha256 } from '@fedops/shared-types';
import type { ModelStore, ParametersReader } from '../model/model-store.js';

/** Encoded parameters as the door serves them. The bytes stay as they are until `release`, the reader until `close`. */
export type ServedParameters =
  | { readonly kind: 'buffer'; readonly bytes: Uint8Array; readonly release: () => void }
  | { readonly kind: 'reader'; readonly reader: ParametersReader };

/** Gives out parameters by digest: the newest from one immutable buffer that all clients share, others from the store. */
export interface ParametersFiles {
  /** @throws {FedOpsError} `not-found` */
  serve(digest: Sha256): Promise<ServedParameters>;
}

/** Parameters in memory; a model that nobody is being sent any more gives its memory to the next. */
interface Held {
  readonly digest: Sha256;
  readonly bytes: Promise<Uint8Array | undefined>;
  users: number;
}

/** @param maxBufferedBytes Larger parameters are read from the store for each client. */
export function createParametersFiles(
  store: ModelStore,
  maxBufferedBytes = 512 * 1024 * 1024,
): ParametersFiles {
  /** Asked for before anything is awaited, so that all who come at once share one reading. */
  let newest: Held | undefined;

  /** Undefined for parameters that are too large to keep. */
  async function read(digest: Sha256, last: Held | undefined): Promise<Uint8Array | undefined> {
    const memory = last?.users === 0 ? await last.bytes : undefined;
    const reader = await store.open(digest);
    try {
      const { byteLength } = reader;
      if (byteLength > maxBufferedBytes) return undefined;
      const bytes = memory?.length === byteLength ? memory : new Uint8Array(byteLength);
      await reader.read(0, bytes);
      return bytes;
    } finally {
      await reader.close();
    }
  }

  function hold(digest: Sha256): Held {
    const held = { digest, bytes: read(digest, newest), users: 0 };
    newest = held;
    held.bytes.catch(() => {
      if (newest === held) newest = undefined;
    });
    return held;
  }

  return {
    async serve(digest) {
      const held = newest?.digest === digest ? newest : hold(digest);
      held.users++;
      const bytes = await held.bytes;
      if (bytes === undefined) return { kind: 'reader', reader: await store.open(digest) };
      let isReleased = false;
      return {
        kind: 'buffer',
        bytes,
        release() {
          if (!isReleased) held.users--;
          isReleased = true;
        },
      };
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
