import { type ClientId, ClientIdSchema, type RoundRecord, type RunStateView } from '@fedops/shared-types';
import { afterEvent, type DemoEvent, type DemoState, newDemoState } from '../src/federation/demo-state.js';
import { type DeviceView, NO_CALLS, type SessionSeen } from '../src/manager/device-view.js';
import type { DemoOptions } from '../src/options/demo-options.js';

export const ALL_CALLS = { start: 1, online: 9, getPort: 1, trainFin: 1, clientOut: 1 };
export const A_DIGEST = 'ab'.repeat(32);

export function clientId(text: string): ClientId {
  return ClientIdSchema.parse(text);
}

export function someOptions(changes: Partial<DemoOptions> = {}): DemoOptions {
  return {
    clients: 2,
    rounds: 1,
    partition: { kind: 'iid' },
    seed: 1,
    examples: 60_000,
    dataDir: '/data',
    report: undefined,
    ...changes,
  };
}

export function aDevice(id: string, changes: Partial<DeviceView> = {}): DeviceView {
  return { clientId: clientId(id), session: null, problem: null, calls: NO_CALLS, ...changes };
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
    participants: ['client-1', 'client-2'].map((id) => ({
      clientId: clientId(id),
      numExamples: 10,
      digest: A_DIGEST,
    })) as RoundRecord['participants'],
    failures: [],
    fitMetrics: {},
    centralEvaluation: { loss: 0.25, numExamples: 10_000, metrics: { accuracy: 0.934 } },
    seconds: 4.25,
    ...changes,
  };
}

/** A demo of `client-1` and `client-2` after these events. */
export function stateAfter(...events: DemoEvent[]): DemoState {
  return events.reduce(afterEvent, newDemoState([clientId('client-1'), clientId('client-2')]));
}
