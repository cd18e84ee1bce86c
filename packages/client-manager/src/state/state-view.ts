import type { ManagerState } from './manager-state.js';
import { isBusy } from './resting.js';
import type { DonePart, ErrorFacts } from './run.js';

/** Why the manager does what it does, since when and until when: the answer of `GET /state`. Times in ISO 8601. */
export interface StateView {
  readonly phase: ManagerState['phase'];
  /** A code for machines … */
  readonly reason: ManagerState['reason'];
  /** … and a sentence for people. */
  readonly message: string;
  readonly since: string;
  /** By then the manager asks again or goes on. */
  readonly deadline: string;
  readonly run: { readonly runId: string; readonly version: number | null } | null;
  readonly progress: number | null;
  /** The last error that matters to the state. */
  readonly error: ErrorFacts | null;
  readonly client: {
    readonly state: 'unknown' | 'silent' | 'left' | 'idle' | 'training';
    readonly taskId: string | null;
  };
  readonly serverManager: {
    readonly state: 'unregistered' | 'registered' | 'unreachable';
    readonly api: 'v1' | 'legacy' | null;
    readonly since: string;
    readonly error: ErrorFacts | null;
  };
  readonly last: {
    readonly runId: string;
    readonly version: number | null;
    readonly end: DonePart['end'];
    readonly isRunOver: boolean;
  } | null;
}

/** The view of a state. */
export function stateViewOf(state: ManagerState): StateView {
  const { phase, reason, since, deadline, facts } = state;
  const { client, link, last } = facts;
  return {
    phase,
    reason,
    message: MESSAGES[`${phase}/${reason}`] ?? reason,
    since: iso(since),
    deadline: iso(deadline),
    run: 'run' in state ? { runId: state.run.key, version: state.run.version } : null,
    progress: state.phase === 'training' ? state.progress : null,
    error: errorOf(state),
    client: {
      state: client.kind === 'answering' ? (isBusy(facts) ? 'training' : 'idle') : client.kind,
      taskId: client.kind === 'answering' ? client.report.taskId : null,
    },
    serverManager: {
      state: link.kind,
      api: link.kind === 'unregistered' ? null : link.api,
      since: iso(link.since),
      error: link.kind === 'registered' ? null : link.error,
    },
    last: last && {
      runId: last.run.key,
      version: last.run.version,
      end: last.end,
      isRunOver: last.isRunOver,
    },
  };
}

const MESSAGES: Readonly<Record<string, string>> = {
  'seeking-client/not-asked-yet': 'the client app has not been asked yet',
  'seeking-client/client-unreachable': 'the client app does not answer; start it, or check its address',
  'seeking-client/client-unclear': 'what answers at the address of the client app is no client app',
  'seeking-client/other-task': 'the client app has another task than this manager is configured for',
  'seeking-client/client-left': 'the client app said that it leaves',
  'registering/not-asked-yet': 'the device is about to be registered at the server manager',
  'registering/server-manager-unreachable': 'the server manager does not answer',
  'registering/other-model':
    "the server manager refuses the device: its client app trains another model than the task's",
  'registering/registration-refused': 'the server manager refuses the device',
  'waiting/no-run': 'no FL server waits for clients',
  'waiting/not-chosen': 'a run goes on that is for other devices; this one waits for the next',
  'waiting/part-done': "this device's part of the run is over; the run is not known to be",
  'waiting/client-busy': 'the client app trains for somebody else',
  'waiting/server-manager-unreachable': 'the server manager does not answer',
  'starting/not-asked-yet': 'a run waits for this device; the client app is about to be started',
  'starting/asking-client': 'the client app is being started',
  'starting/client-busy': 'a run waits for this device, whose client app trains for somebody else',
  'starting/client-unreachable': 'a run waits for this device, whose client app does not answer',
  'starting/start-failed': 'the client app could not be started; it will be asked again',
  'training/client-trains': 'the client app takes part in a run',
  'training/client-silent': 'the client app takes part in a run and does not answer just now',
  'reporting/not-told-yet': "the server manager is being told how this device's part ended",
  'reporting/server-manager-unreachable': "the server manager cannot be told how this device's part ended",
};

function errorOf(state: ManagerState): ErrorFacts | null {
  if (state.phase === 'starting' || state.phase === 'reporting') return state.error;
  const { client, link } = state.facts;
  if (client.kind === 'silent') return client.error;
  return link.kind === 'registered' ? null : link.error;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
