import type { ClientId, RoundRecord, RunEvent, RunStateView, RunView } from '@fedops/shared-types';
import { withPresence } from './client-list.js';
import { explanationOf } from './explanation.js';
import { type RoundEvent, roundAfter } from './round-after.js';

/** As many past rounds as `GET /v1/run` shows. */
const REMEMBERED_ROUNDS = 100;

/**
 * The view of a run after one more event, so that a picture of it stays whole without asking again. Pure.
 * It is what `GET /v1/run` shows, but for `activity` and `lastSeen` of clients, which are as old as what was last
 * told of them.
 *
 * @param view Undefined while there is none: the first event that gives one is `reset` or `run-began`.
 */
export function viewAfter(view: RunView | undefined, event: RunEvent): RunView | undefined {
  if (event.kind === 'reset') return event.view;
  if (event.kind === 'run-began') return explained(firstView(event));
  return view === undefined ? undefined : explained(changed(view, event));
}

function explained(view: RunView): RunView {
  const waitingFor = view.state.phase === 'waiting-for-clients' ? absentListed(view) : view.state.waitingFor;
  return { ...view, state: { ...view.state, waitingFor, explanation: explanationOf(view) } };
}

/** The listed clients that are not connected; none where every client may take part. */
function absentListed({ listedClients = [], clients }: RunView): ClientId[] {
  const isThere = new Set(
    clients.filter(({ connection }) => connection === 'connected').map(({ clientId }) => clientId),
  );
  return listedClients.filter((client) => !isThere.has(client));
}

type RunBegan = Extract<RunEvent, { kind: 'run-began' }>;

function firstView({
  at,
  runId,
  taskId,
  rounds,
  baseVersion,
  nextVersion,
  clientsNeeded,
  quorum,
  listedClients,
}: RunBegan): RunView {
  return {
    taskId,
    runId,
    round: 1,
    rounds,
    baseVersion,
    nextVersion,
    state: {
      phase: 'waiting-for-clients',
      reason: 'too-few-clients',
      explanation: '',
      since: at,
      deadline: null,
      waitingFor: [],
    },
    ...(listedClients !== undefined && { listedClients }),
    clients: [],
    openRound: {
      round: 1,
      attempt: 1,
      clientsNeeded,
      quorum,
      asked: [],
      updates: [],
      evaluations: [],
      failures: [],
      centralEvaluation: { status: 'none' },
    },
    history: [],
    published: null,
  };
}

function changed(view: RunView, event: Exclude<RunEvent, RunBegan | { kind: 'reset' }>): RunView {
  switch (event.kind) {
    case 'run-resumed':
      return { ...view, clients: [], state: { ...view.state, deadline: event.deadline } };
    case 'client-connected':
    case 'client-lost':
    case 'client-left':
    case 'client-forgotten':
      return { ...view, clients: withPresence(view.clients, event) };
    case 'aggregated':
      return view;
    case 'round-closed':
    case 'round-failed':
      return { ...view, history: remembered(view.history, event.record) };
    case 'publishing-began': {
      const { at: since, version, deadline } = event;
      const explanation = `storing global model V${version}`;
      return afterRounds(view, {
        phase: 'publishing',
        reason: 'storing-version',
        explanation,
        since,
        deadline,
      });
    }
    case 'version-published': {
      const { at: since, version, digest } = event;
      const explanation = `global model V${version} is published`;
      const state = { phase: 'finished', reason: 'published', explanation, since, deadline: null } as const;
      return { ...afterRounds(view, state), published: { version, digest } };
    }
    case 'run-failed': {
      const { at: since, reason, message: explanation } = event;
      return afterRounds(view, { phase: 'failed', reason, explanation, since, deadline: null });
    }
    case 'run-suspended': {
      const explanation = `the run stands still until the server is restarted: ${event.message}`;
      const state = { phase: 'suspended', reason: 'storage', explanation, since: event.at } as const;
      return { ...view, state: { ...state, deadline: null, waitingFor: [] } };
    }
    default:
      return inRound(view, event);
  }
}

function inRound(view: RunView, event: RoundEvent): RunView {
  const { state, openRound } = view;
  if (openRound === undefined) return view;
  return { ...view, ...roundAfter({ state, openRound }, event), round: event.round };
}

function remembered(history: readonly RoundRecord[], record: RoundRecord): RoundRecord[] {
  return [...history, record].slice(-REMEMBERED_ROUNDS);
}

function afterRounds({ openRound: _, ...view }: RunView, state: Omit<RunStateView, 'waitingFor'>): RunView {
  return { ...view, round: view.history.at(-1)?.round ?? 0, state: { ...state, waitingFor: [] } };
}
