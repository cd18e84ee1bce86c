import type { ClientId, OpenRound, RunEvent, RunId, RunView, TaskId } from '@fedops/shared-types';

const AT = '2026-11-24T12:00:00.000Z';

export function id(name: string): ClientId {
  return name as ClientId;
}

export function aView(changes: Partial<RunView> = {}): RunView {
  return {
    taskId: 'mnist' as TaskId,
    runId: 'v3' as RunId,
    round: 2,
    rounds: 3,
    baseVersion: 2,
    nextVersion: 3,
    state: {
      phase: 'waiting-for-clients',
      reason: 'too-few-clients',
      explanation: 'round 2 begins when 2 clients are connected',
      since: AT,
      deadline: AT,
      waitingFor: [],
    },
    clients: [],
    history: [],
    published: null,
    ...changes,
  };
}

export function aRound(changes: Partial<OpenRound> = {}): OpenRound {
  return {
    round: 2,
    attempt: 1,
    clientsNeeded: 2,
    quorum: 1,
    asked: [],
    updates: [],
    evaluations: [],
    failures: [],
    centralEvaluation: { status: 'none' },
    ...changes,
  };
}

export function aClient(
  name: string,
  changes: Partial<RunView['clients'][number]> = {},
): RunView['clients'][number] {
  return {
    clientId: id(name),
    name: null,
    connection: 'connected',
    lastSeen: AT,
    activity: null,
    ...changes,
  };
}

/** An event that says little but its id. */
export function anEvent(
  eventId: string,
  kind: 'client-connected' | 'client-lost' = 'client-connected',
): RunEvent {
  return { id: eventId, at: AT, runId: 'v3' as RunId, kind, clientId: id('a'), name: null };
}

export function aReset(eventId: string, view = aView()): RunEvent {
  return { id: eventId, at: AT, runId: view.runId, kind: 'reset', view };
}
