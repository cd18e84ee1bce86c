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

/** A failure of a client; the same object where its result, or a failure of its own, is there already. */
export function withFailure<R>(heard: Heard<R>, failure: ClientFailure): Heard<R> {
  const before = heard.failures.get(failure.clientId);
  if (heard.results.has(failure.clientId) || (before !== undefined && before.origin !== 'lost')) return heard;
  return { ...heard, failures: new Map(heard.failures).set(failure.clientId, failure) };
}

/** Notes those of whom nothing is heard any more, and takes back those who have returned; the same object where nobody is. */
export function withConnected<R>(
  heard: Heard<R>,
  connected: readonly ClientId[],
  work: ClientFailure['work'],
): Heard<R> {
  const present = new Set(connected);
  const isBack = (client: ClientId) => present.has(client) && heard.failures.get(client)?.origin === 'lost';
  const isGone = (client: ClientId) =>
    !present.has(client) && !heard.failures.has(client) && !heard.results.has(client);
  const back = [...heard.selected].filter(isBack);
  const gone = [...heard.selected].filter(isGone);
  if (back.length === 0 && gone.length === 0) return heard;

  const failures = new Map(heard.failures);
  for (const client of back) failures.delete(client);
  const message = 'nothing was heard of the client within its lease, or it left';
  for (const clientId of gone) {
    failures.set(clientId, { clientId, work, origin: 'lost', code: 'unavailable', message });
  }
  return { ...heard, failures };
}

/** Notes those who have not answered when the time of a phase is up; the same object where all have. */
export function withSilent<R>(heard: Heard<R>, work: ClientFailure['work']): Heard<R> {
  const silent = outstanding(heard);
  if (silent.length === 0) return heard;
  const failures = new Map(heard.failures);
  const message = 'nothing came of the client within the time of the round';
  for (const clientId of silent) {
    failures.set(clientId, { clientId, work, origin: 'lost', code: 'deadline-exceeded', message });
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
