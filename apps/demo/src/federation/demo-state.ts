import type { ClientId, ClientPart, RoundRecord, RunStateView } from '@fedops/shared-types';
import { type CallCounts, NO_CALLS, withCalls } from '../calls/call-counts.js';
import type { DeviceSeen, SessionSeen } from './device-seen.js';

/** What the demo knows of its federation. */
export interface DemoState {
  /** Ids of the devices that have come so far, in order. */
  readonly clients: readonly ClientId[];
  /** Oldest first; the last may be going on. */
  readonly runs: readonly RunSeen[];
  /** What the newest run is doing, and why it waits. */
  readonly run: RunStateView | undefined;
  /** Of each client app, as it says itself. */
  readonly sessions: ReadonlyMap<ClientId, SessionSeen>;
  /** Of each client manager. */
  readonly devices: ReadonlyMap<ClientId, DeviceSeen>;
  readonly calls: ReadonlyMap<ClientId, CallCounts>;
  /** Clients whose process is gone, and how that came. */
  readonly lost: ReadonlyMap<ClientId, string>;
  /** The client that the demo killed. */
  readonly killed: KilledClient | undefined;
  /** The device that came when another was lost. */
  readonly joined: JoinedClient | undefined;
}

export interface RunSeen {
  readonly runId: string;
  /** The version that it started from; 0 for none. */
  readonly baseVersion: number;
  /** Past rounds, closed or failed, oldest first. */
  readonly rounds: readonly RoundRecord[];
  readonly published: PublishedVersion | undefined;
  /** How each client's part of it ended, as the server manager has it. */
  readonly parts: readonly ClientPart[];
}

export interface PublishedVersion {
  readonly version: number;
  readonly sha256: string;
}

export interface KilledClient {
  readonly clientId: ClientId;
  readonly runId: string;
  /** In which it trained. */
  readonly round: number;
}

export interface JoinedClient {
  readonly clientId: ClientId;
  /** That went on when it came. */
  readonly runId: string;
}

export type DemoEvent =
  | { readonly kind: 'run-began'; readonly runId: string; readonly baseVersion: number }
  | { readonly kind: 'run-state'; readonly state: RunStateView }
  | { readonly kind: 'round-ended'; readonly runId: string; readonly record: RoundRecord }
  | { readonly kind: 'run-published'; readonly runId: string; readonly published: PublishedVersion }
  | { readonly kind: 'parts'; readonly runId: string; readonly parts: readonly ClientPart[] }
  | { readonly kind: 'client-came'; readonly clientId: ClientId }
  | { readonly kind: 'client-joined'; readonly joined: JoinedClient }
  | { readonly kind: 'session'; readonly clientId: ClientId; readonly session: SessionSeen }
  | { readonly kind: 'device'; readonly clientId: ClientId; readonly device: DeviceSeen }
  | { readonly kind: 'calls'; readonly clientId: ClientId; readonly calls: CallCounts }
  | { readonly kind: 'client-killed'; readonly killed: KilledClient }
  | { readonly kind: 'client-lost'; readonly clientId: ClientId; readonly how: string }
  | { readonly kind: 'client-back'; readonly clientId: ClientId };

export const NEW_DEMO: DemoState = {
  clients: [],
  runs: [],
  run: undefined,
  sessions: new Map(),
  devices: new Map(),
  calls: new Map(),
  lost: new Map(),
  killed: undefined,
  joined: undefined,
};

/** What is known after an event. */
export function afterEvent(state: DemoState, event: DemoEvent): DemoState {
  switch (event.kind) {
    case 'run-began': {
      const { runId, baseVersion } = event;
      const run = { runId, baseVersion, rounds: [], published: undefined, parts: [] };
      return { ...state, run: undefined, runs: [...state.runs, run] };
    }
    case 'run-state':
      return { ...state, run: event.state };
    case 'round-ended':
      return withRun(state, event.runId, (run) => ({ ...run, rounds: [...run.rounds, event.record] }));
    case 'run-published':
      return withRun(state, event.runId, (run) => ({ ...run, published: event.published }));
    case 'parts':
      return withRun(state, event.runId, (run) => ({ ...run, parts: event.parts }));
    case 'client-came':
      return { ...state, clients: [...state.clients, event.clientId].sort() };
    case 'client-joined':
      return { ...state, joined: event.joined };
    case 'session':
      return { ...state, sessions: withEntry(state.sessions, event.clientId, event.session) };
    case 'device':
      return { ...state, devices: withEntry(state.devices, event.clientId, event.device) };
    case 'calls': {
      const counts = withCalls(state.calls.get(event.clientId) ?? NO_CALLS, event.calls);
      return { ...state, calls: withEntry(state.calls, event.clientId, counts) };
    }
    case 'client-killed':
      return { ...state, killed: event.killed };
    case 'client-lost':
      return { ...state, lost: withEntry(state.lost, event.clientId, event.how) };
    case 'client-back':
      return { ...state, lost: new Map([...state.lost].filter(([clientId]) => clientId !== event.clientId)) };
  }
}

function withRun(state: DemoState, runId: string, change: (run: RunSeen) => RunSeen): DemoState {
  return { ...state, runs: state.runs.map((run) => (run.runId === runId ? change(run) : run)) };
}

function withEntry<T>(map: ReadonlyMap<ClientId, T>, key: ClientId, value: T): ReadonlyMap<ClientId, T> {
  return new Map([...map, [key, value]]);
}
