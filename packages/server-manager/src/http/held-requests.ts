import type { ServerResponse } from 'node:http';
import { FedOpsError } from '@fedops/shared-types';

/** How many requests may be held open. */
export interface HoldLimits {
  readonly most: number;
  /** Of one caller; as many as there may be at all where not given. */
  readonly mostOfCaller?: number;
}

/** Requests that stay open for long: each has a place until its answer ends or its connection does. */
export interface HeldRequests {
  /** @throws {FedOpsError} `overloaded` where all places are taken, or all that the caller may have. */
  hold(caller: string, response: ServerResponse): void;
}

const BUSY_RETRY_MS = 5_000;

/** @param what They are, in the plural, for who is refused: `event streams`. */
export function holdRequests(what: string, { most, mostOfCaller = most }: HoldLimits): HeldRequests {
  const held = new Map<string, number>();
  let total = 0;

  function leave(caller: string): void {
    total--;
    const left = (held.get(caller) ?? 0) - 1;
    if (left > 0) held.set(caller, left);
    else held.delete(caller);
  }

  return {
    hold(caller, response) {
      if (response.req.socket.destroyed) return;
      if (total >= most) throw overloaded(`${most} ${what} are open; no more are`);
      const ofCaller = held.get(caller) ?? 0;
      if (ofCaller >= mostOfCaller)
        throw overloaded(`${mostOfCaller} ${what} of this caller are open; no more are`);
      total++;
      held.set(caller, ofCaller + 1);
      // Of requests that share a connection only the answer whose turn it is hears of its end.
      const { socket } = response.req;
      const end = () => {
        response.off('close', end);
        socket.off('close', end);
        leave(caller);
      };
      response.once('close', end);
      socket.once('close', end);
    },
  };
}

function overloaded(message: string): FedOpsError {
  return new FedOpsError('overloaded', message, { details: { retryAfterMs: BUSY_RETRY_MS } });
}
