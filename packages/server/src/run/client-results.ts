import type { ClientId } from '@fedops/shared-types';
import type { ClientFailure } from './run-state.js';

/** What a phase that waits for clients knows of them. */
export interface Heard<R> {
  /** Who was asked; in the order of ids. */
  readonly selected: ReadonlySet<ClientId>;
  readonly results: ReadonlyMap<ClientId, R>;
  readonly failures: ReadonlyMap<ClientId, ClientFailure>;
}

/** A result of a client: it wins over a failure that was noted before, such as a lease that ran out. */
export function withResult<R>(heard: Heard<R>, client: ClientId, result: R): Heard<R> {
  const failures = new Map(heard.failures);
  failures.delete(client);
  return { ...heard, failures, results: new Map(heard.results).set(client, result) };
}

/** A failure of a client; the same object where its result is there already. */
export function withFailure<R>(heard: Heard<R>, failure: ClientFailure): Heard<R> {
  if (heard.results.has(failure.clientId)) return heard;
  return { ...heard, failures: new Map(heard.failures).set(failure.clientId, failure) };
}

/** Notes those of whom nothing is heard any more, and takes back those who have returned. */
export function withConnected<R>(
  heard: Heard<R>,
  connected: readonly ClientId[],
  work: ClientFailure['work'],
): Heard<R> {
  const present = new Set(connected);
  const failures = new Map(heard.failures);
  for (const clientId of heard.selected) {
    const failure = failures.get(clientId);
    if (present.has(clientId)) {
      if (failure?.origin === 'lost') failures.delete(clientId);
    } else if (failure === undefined && !heard.results.has(clientId)) {
      const message = 'nothing was heard of the client within its lease, or it left';
      failures.set(clientId, { clientId, work, origin: 'lost', code: 'unavailable', message });
    }
  }
  return { ...heard, failures };
}

/** Those of whom neither a result nor a failure is known. */
export function outstanding<R>({ selected, results, failures }: Heard<R>): readonly ClientId[] {
  return [...selected].filter((client) => !results.has(client) && !failures.has(client));
}

/** True where the client is asked to do the phase's work now: also one that was lost and has come back. */
export function isAsked<R>({ selected, results, failures }: Heard<R>, client: ClientId): boolean {
  const failure = failures.get(client);
  return selected.has(client) && !results.has(client) && (failure === undefined || failure.origin === 'lost');
}
