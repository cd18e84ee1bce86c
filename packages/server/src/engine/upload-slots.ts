import { type ClientId, FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';

/** Bounds how many uploads go on at a time, and gives everybody a turn. */
export interface UploadSlots {
  /**
   * Takes a slot and returns the way to give it back, which may be called twice. Who was refused keeps a place in
   * the line while it comes back in time: a slot that gets free goes to the one that has waited longest, not to the
   * one that happens to ask first. A client has a quarter of them at the most; two in any case, for its
   * connection may have broken unnoticed, and it sends again.
   *
   * @throws {FedOpsError} `overloaded` with `details.retryAfterMs` where no slot is free for this client.
   */
  take(client: ClientId): () => void;
}

/** When a client that was refused shall come back. */
const RETRY_AFTER_MS = 1_000;
/** Who comes back later than this has lost its place: a slot does not stay empty for the dead. */
const PLACE_KEPT_MS = 2_500;
/** Of all slots, one client may take no more than this part. */
const PART_OF_ONE_CLIENT = 1 / 4;

export function createUploadSlots(clock: Clock, count: number): UploadSlots {
  /** Clients in line, the longest-waiting first, and when each last asked. */
  const line = new Map<ClientId, number>();
  const takenBy = new Map<ClientId, number>();
  const mostOfOneClient = Math.max(2, Math.ceil(count * PART_OF_ONE_CLIENT));
  let taken = 0;

  function countOf(client: ClientId): number {
    return takenBy.get(client) ?? 0;
  }

  function add(client: ClientId, change: 1 | -1): void {
    taken += change;
    const own = countOf(client) + change;
    if (own === 0) takenBy.delete(client);
    else takenBy.set(client, own);
  }

  function forgetTheLate(now: number): void {
    for (const [client, askedAt] of line) if (now - askedAt > PLACE_KEPT_MS) line.delete(client);
  }

  function placeOf(client: ClientId): number {
    if (!line.has(client)) return line.size;
    return [...line.keys()].indexOf(client);
  }

  return {
    take(client) {
      if (countOf(client) >= mostOfOneClient) {
        throw overloaded(`${mostOfOneClient} uploads of this client are under way already`);
      }
      const now = clock.now();
      forgetTheLate(now);
      if (placeOf(client) >= count - taken) {
        line.set(client, now);
        throw overloaded(`${count} uploads are under way already`);
      }
      line.delete(client);
      add(client, 1);
      let isHeld = true;
      return () => {
        if (isHeld) add(client, -1);
        isHeld = false;
      };
    },
  };
}

function overloaded(message: string): FedOpsError {
  return new FedOpsError('overloaded', message, { details: { retryAfterMs: RETRY_AFTER_MS } });
}
