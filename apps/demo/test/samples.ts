import {
  type ClientId,
  ClientIdSchema,
  type ClientPart,
  type RoundRecord,
  type RunStateView,
} from '@fedops/shared-types';
import { type CallCounts, NO_CALLS } from '../src/calls/call-counts.js';
import { afterEvent, type DemoEvent, type DemoState, NEW_DEMO } from '../src/federation/demo-state.js';
import type { DeviceSeen, SessionSeen } from '../src/federation/device-seen.js';
import type { DemoOptions } from '../src/options/demo-options.js';

export const ALL_CALLS: CallCounts = {
  register: 1,
  heartbeat: 7,
  online: 9,
  start: 1,
  getPort: 0,
  trainFin: 1,
  clientOut: 1,
};
export const A_DIGEST = 'ab'.repeat(32);

export function clientId(text: string): ClientId {
  return ClientIdSchema.parse(text);
}

export function someOptions(changes: Partial<DemoOptions> = {}): DemoOptions {
  return {
    clients: 2,
    rounds: 2,
    partition: { kind: 'iid' },
    seed: 1,
    examples: 60_000,
    dataDir: '/data',
    report: undefined,
    ...changes,
  };
}

/** A device that waits for its next run. */
export function aDevice(changes: Partial<DeviceSeen> = {}): DeviceSeen {
  return {
    phase: 'waiting',
    reason: 'no-run',
    message: 'no FL server waits for clients',
    isRegistered: true,
    last: null,
    ...changes,
  };
}

export function aSession(phase: string, changes: Partial<SessionSeen> = {}): SessionSeen {
  return { phase, reason: 'instructed', deadline: null, ...changes };
}

export function aRunState(changes: Partial<RunStateView> = {}): RunStateView {
  return {
    phase: 'fitting',
    reason: 'updates-missing',
    explanation: 'round 1: 1 of 2 updates are in',
    since: '2026-01-01T00:00:00.000Z',
    deadline: '2026-01-01T00:10:00.000Z',
    waitingFor: [],
    ...changes,
  };
}

export function aRecord(changes: Partial<RoundRecord> = {}): RoundRecord {
  return {
    round: 1,
    outcome: { kind: 'closed', digest: A_DIGEST },
    participants: ['client-1', 'client-2'].map(aParticipant),
    failures: [],
    fitMetrics: {},
    centralEvaluation: { loss: 0.25, numExamples: 10_000, metrics: { accuracy: 0.934 } },
    seconds: 4.25,
    ...changes,
  };
}

export function aParticipant(id: string): RoundRecord['participants'][number] {
  return { clientId: clientId(id), numExamples: 10, digest: A_DIGEST };
}

export function aPart(id: string, state: ClientPart['state'], message?: string): ClientPart {
  const reason = message === undefined ? null : ({ code: 'unavailable', message } as const);
  const at = '2026-01-01T00:00:00.000Z';
  return { taskId: 'mnist', runId: 'r2', clientId: clientId(id), state, reason, at } as ClientPart;
}

/** What each of these clients has called. */
export function calls(counts: Readonly<Record<string, Partial<CallCounts>>>): DemoEvent[] {
  return Object.entries(counts).map(([id, some]) => ({
    kind: 'calls',
    clientId: clientId(id),
    calls: { ...NO_CALLS, ...some },
  }));
}

/** A demo of `client-1` and `client-2` after these events. */
export function stateAfter(...events: DemoEvent[]): DemoState {
  const came: DemoEvent[] = ['client-1', 'client-2'].map((id) => ({
    kind: 'client-came',
    clientId: clientId(id),
  }));
  return [...came, ...events].reduce(afterEvent, NEW_DEMO);
}

/** A second run in which `client-2` is killed in round 1, and `client-3` joins and takes part from round 2 on. */
export const A_MISHAP: readonly DemoEvent[] = [
  { kind: 'run-began', runId: 'r1', baseVersion: 0 },
  { kind: 'round-ended', runId: 'r1', record: aRecord() },
  { kind: 'run-published', runId: 'r1', published: { version: 1, sha256: A_DIGEST } },
  { kind: 'run-began', runId: 'r2', baseVersion: 1 },
  { kind: 'client-killed', killed: { clientId: clientId('client-2'), runId: 'r2', round: 1 } },
  { kind: 'client-lost', clientId: clientId('client-2'), how: 'client-2 was ended by SIGKILL' },
  { kind: 'client-joined', joined: { clientId: clientId('client-3'), runId: 'r2' } },
  { kind: 'client-came', clientId: clientId('client-3') },
  {
    kind: 'round-ended',
    runId: 'r2',
    record: aRecord({
      participants: [aParticipant('client-1')],
      failures: [{ clientId: clientId('client-2'), work: 'fit', code: 'unavailable', message: 'not heard' }],
    }),
  },
  {
    kind: 'round-ended',
    runId: 'r2',
    record: aRecord({ round: 2, participants: [aParticipant('client-1'), aParticipant('client-3')] }),
  },
  { kind: 'run-published', runId: 'r2', published: { version: 2, sha256: A_DIGEST } },
  {
    kind: 'parts',
    runId: 'r2',
    parts: [aPart('client-1', 'train-finished'), aPart('client-2', 'train-failed', 'silent for 4 s')],
  },
];
