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

/** Of a run that goes on, two are being sent at a time; a client that stalls must not make them many. */
const MOST_HELD = 4;

/** @param maxBufferedBytes Larger parameters are read from the store for each client. */
export function createParametersFiles(
  store: ModelStore,
  maxBufferedBytes = 512 * 1024 * 1024,
): ParametersFiles {
  /** The newest, and those that somebody is being sent. */
  const allHeld = new Map<Sha256, Held>();
  /** Asked for before anything is awaited, so that all who come at once share one reading. */
  let newest: Held | undefined;

  /** Undefined for parameters that are too large to keep. */
  async function read(digest: Sha256, unused: Held | undefined): Promise<Uint8Array | undefined> {
    const memory = await unused?.bytes;
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

  /** Undefined where memory holds as many as it may. */
  function hold(digest: Sha256): Held | undefined {
    const unused = newest?.users === 0 ? newest : undefined;
    if (unused !== undefined) forget(unused);
    if (allHeld.size === MOST_HELD) return undefined;
    const held = { digest, bytes: read(digest, unused), users: 0 };
    newest = held;
    allHeld.set(digest, held);
    held.bytes.catch(() => forget(held));
    return held;
  }

  function forget(held: Held): void {
    if (newest === held) newest = undefined;
    if (allHeld.get(held.digest) === held) allHeld.delete(held.digest);
  }

  function letGo(held: Held): void {
    held.users--;
    if (held.users === 0 && newest !== held) forget(held);
  }

  async function bytesOf(held: Held): Promise<Uint8Array | undefined> {
    held.users++;
    const bytes = await held.bytes;
    if (bytes === undefined) letGo(held);
    return bytes;
  }

  return {
    async serve(digest) {
      const held = allHeld.get(digest) ?? hold(digest);
      const bytes = held && (await bytesOf(held));
      if (held === undefined || bytes === undefined) {
        return { kind: 'reader', reader: await store.open(digest) };
      }
      let isReleased = false;
      return {
        kind: 'buffer',
        bytes,
        release() {
          if (!isReleased) letGo(held);
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
