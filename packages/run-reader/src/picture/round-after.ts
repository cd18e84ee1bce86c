import type { ClientFailureView, ClientId, OpenRound, RunEvent, RunStateView } from '@fedops/shared-types';
import { inPlace } from './client-list.js';

/** What an event of an open round concerns. */
export interface RoundPicture {
  readonly state: RunStateView;
  readonly openRound: OpenRound;
}

/** The kinds of events that change an open round or its phase. */
export type RoundEvent = Extract<
  RunEvent,
  {
    kind:
      | 'round-began'
      | 'round-opened'
      | 'update-received'
      | 'client-failed'
      | 'client-expected-again'
      | 'late-updates-awaited'
      | 'aggregation-began'
      | 'evaluation-began'
      | 'evaluation-received'
      | 'centrally-evaluated'
      | 'central-evaluation-failed';
  }
>;

/** The open round after one more event. */
export function roundAfter({ state, openRound }: RoundPicture, event: RoundEvent): RoundPicture {
  switch (event.kind) {
    case 'round-began':
      return inPhase(state, event, {
        phase: 'waiting-for-clients',
        openRound: begun(openRound, event.round, event.attempt),
      });
    case 'round-opened': {
      const { asked, updatesNeeded } = event;
      return inPhase(state, event, { phase: 'fitting', openRound: { ...openRound, asked, updatesNeeded } });
    }
    case 'update-received': {
      const { update } = event;
      const failures = openRound.failures.filter(({ clientId }) => clientId !== update.clientId);
      const updates = inPlace(openRound.updates, update);
      return { state: without(state, update.clientId), openRound: { ...openRound, updates, failures } };
    }
    case 'client-failed': {
      const { failure } = event;
      const failures = withFailure(openRound.failures, failure);
      return { state: without(state, failure.clientId), openRound: { ...openRound, failures } };
    }
    case 'client-expected-again': {
      const { clientId, work } = event;
      const failures = openRound.failures.filter((one) => one.clientId !== clientId || one.work !== work);
      const isWaitedFor = new Set([...state.waitingFor, clientId]);
      const waitingFor = openRound.asked.filter((client) => isWaitedFor.has(client));
      return { state: waitingOn(state, waitingFor), openRound: { ...openRound, failures } };
    }
    case 'late-updates-awaited':
      return { state: { ...state, reason: 'late-updates', deadline: event.deadline }, openRound };
    case 'aggregation-began': {
      const { updatesNeeded: _, ...others } = openRound;
      return inPhase(state, event, { phase: 'aggregating', openRound: { ...others, asked: [] } });
    }
    case 'evaluation-began': {
      const { asked, centralEvaluation: status } = event;
      const centralEvaluation = { status };
      return inPhase(state, event, {
        phase: 'evaluating',
        openRound: { ...openRound, asked, centralEvaluation },
      });
    }
    case 'evaluation-received': {
      const { evaluation } = event;
      const isOther = ({ clientId, work }: ClientFailureView) =>
        clientId !== evaluation.clientId || work === 'fit';
      const failures = openRound.failures.filter(isOther);
      const evaluations = inPlace(openRound.evaluations, evaluation);
      return {
        state: without(state, evaluation.clientId),
        openRound: { ...openRound, evaluations, failures },
      };
    }
    case 'centrally-evaluated': {
      const { evaluation } = event;
      return { state, openRound: { ...openRound, centralEvaluation: { status: 'measured', evaluation } } };
    }
    case 'central-evaluation-failed': {
      const { message } = event;
      return { state, openRound: { ...openRound, centralEvaluation: { status: 'failed', message } } };
    }
  }
}

function begun({ clientsNeeded, quorum }: OpenRound, round: number, attempt: number): OpenRound {
  const nothingYet = { asked: [], updates: [], evaluations: [], failures: [] };
  return { round, attempt, clientsNeeded, quorum, ...nothingYet, centralEvaluation: { status: 'none' } };
}

const REASON_OF = {
  'waiting-for-clients': 'too-few-clients',
  fitting: 'updates-missing',
  aggregating: 'aggregating',
  evaluating: 'evaluations-missing',
} as const;

function inPhase(
  state: RunStateView,
  { at, deadline }: { readonly at: string; readonly deadline: string },
  { phase, openRound }: { readonly phase: keyof typeof REASON_OF; readonly openRound: OpenRound },
): RoundPicture {
  const entered: RunStateView = { ...state, phase, reason: REASON_OF[phase], since: at, deadline };
  return { state: waitingOn(entered, openRound.asked), openRound };
}

function without(state: RunStateView, client: ClientId): RunStateView {
  return waitingOn(
    state,
    state.waitingFor.filter((other) => other !== client),
  );
}

function waitingOn(state: RunStateView, waitingFor: ClientId[]): RunStateView {
  if (state.phase !== 'evaluating') return { ...state, waitingFor };
  return {
    ...state,
    waitingFor,
    reason: waitingFor.length > 0 ? 'evaluations-missing' : 'central-evaluation',
  };
}

/** Those of the fit come before those of the evaluation. */
function withFailure(failures: readonly ClientFailureView[], failure: ClientFailureView) {
  const ofFit = failures.filter(({ work }) => work === 'fit');
  const ofEvaluation = failures.filter(({ work }) => work === 'evaluate');
  return failure.work === 'fit'
    ? [...inPlace(ofFit, failure), ...ofEvaluation]
    : [...ofFit, ...inPlace(ofEvaluation, failure)];
}
