import type { Facts, ManagerState, Registering, SeekingClient, Waiting } from './manager-state.js';

/** A state without a run. */
export type Resting = SeekingClient | Registering | Waiting;

/** The state of a manager without a run: it follows from what is known. */
export function rest(facts: Facts, at: number, before?: ManagerState): Resting {
  const next = restingPhase(facts);
  const isSame = before !== undefined && before.phase === next.phase && before.reason === next.reason;
  return { ...next, facts, since: isSame ? before.since : at };
}

/** True for a client that trains, as far as its word can be taken. */
export function isBusy({ client }: Facts): boolean {
  return client.kind === 'answering' && client.report.isTraining && client.isBelieved;
}

type RestingPhase = Resting extends infer S
  ? S extends Resting
    ? Pick<S, 'phase' | 'reason' | 'deadline'>
    : never
  : never;

function restingPhase(facts: Facts): RestingPhase {
  const { client, link, last, othersRun, nextLookAt, nextNewsAt } = facts;
  if (client.kind !== 'answering') {
    return { phase: 'seeking-client', reason: reasonOfAbsence(client), deadline: nextLookAt };
  }
  if (link.kind === 'unregistered') {
    return { phase: 'registering', reason: reasonOfRegistering(link.error), deadline: link.nextAttemptAt };
  }
  const waiting = { phase: 'waiting', deadline: nextNewsAt } as const;
  if (link.kind === 'unreachable') return { ...waiting, reason: 'server-manager-unreachable' };
  if (isBusy(facts)) return { ...waiting, reason: 'client-busy' };
  if (last !== null && !last.isRunOver) return { ...waiting, reason: 'part-done' };
  return { ...waiting, reason: othersRun === null ? 'no-run' : 'not-chosen' };
}

function reasonOfAbsence(client: Exclude<Facts['client'], { kind: 'answering' }>): SeekingClient['reason'] {
  switch (client.kind) {
    case 'unknown':
      return 'not-asked-yet';
    case 'left':
      return 'client-left';
    case 'silent':
      if (client.error.code === 'conflict') return 'other-task';
      return isAway(client.error.code) ? 'client-unreachable' : 'client-unclear';
  }
}

function reasonOfRegistering(error: { readonly code: string } | null): Registering['reason'] {
  if (error === null) return 'not-asked-yet';
  if (error.code === 'shape-mismatch') return 'other-model';
  return isAway(error.code) ? 'server-manager-unreachable' : 'registration-refused';
}

/** True for a service that did not answer, or could not just now. */
export function isAway(code: string): boolean {
  return code === 'unavailable' || code === 'deadline-exceeded' || code === 'overloaded';
}
