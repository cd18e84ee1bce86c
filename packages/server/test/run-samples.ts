import type { ClientId, RunId, Sha256, TaskId } from '@fedops/shared-types';
import type { RunPlan } from '../src/run/run-plan.js';
import type { ClientFailure, GlobalModel, InRound, ReceivedUpdate, RunState } from '../src/run/run-state.js';

export const START = Date.parse('2026-11-24T00:00:00Z');

export function id(name: string): ClientId {
  return name as ClientId;
}

export function digestOf(n: number): Sha256 {
  return n.toString(16).padStart(64, '0');
}

type PlanChanges = Partial<Omit<RunPlan, 'policy' | 'selection'>> & {
  readonly policy?: Partial<RunPlan['policy']>;
  readonly selection?: Partial<RunPlan['selection']>;
};

/** A plan of one round that waits for two clients; only what a test changes matters to it. */
export function aPlan({ policy, selection, ...changes }: PlanChanges = {}): RunPlan {
  return {
    taskId: 'task' as TaskId,
    runId: 'v1' as RunId,
    rounds: 1,
    seed: 0,
    baseVersion: 0,
    signature: [{ name: 'w', shape: [1], dtype: 'float32' }],
    strategy: { name: 'FedAvg', settings: {} },
    clients: { kind: 'any' },
    selection: { fraction: 1, minClients: 1, minConnected: 2, ...selection },
    clientEvaluation: { fraction: 1 },
    centralEvaluation: 'none',
    policy: {
      quorum: 1,
      overSelection: 0,
      lateUpdatesMs: 0,
      retries: 0,
      waitForClientsMs: 1_000,
      fitMs: 2_000,
      aggregateMs: 3_000,
      evaluateMs: 4_000,
      publishMs: 5_000,
      ...policy,
    },
    ...changes,
  };
}

export function aModel(round = 0): GlobalModel {
  return { round, parameters: { digest: digestOf(round), byteLength: 128 }, scalars: {}, moments: [] };
}

export function anUpdate(client: string, changes: Partial<ReceivedUpdate> = {}): ReceivedUpdate {
  return {
    clientId: id(client),
    numExamples: 1,
    metrics: {},
    digest: digestOf(100),
    l2Norm: 1,
    slot: 0,
    ...changes,
  };
}

export function aFailure(client: string, changes: Partial<ClientFailure> = {}): ClientFailure {
  return {
    clientId: id(client),
    work: 'fit',
    origin: 'reported',
    code: 'internal',
    message: 'broken',
    ...changes,
  };
}

/** The state's round, which must be in the phase. */
export function roundIn<P extends InRound['round']['phase']>(state: RunState, phase: P) {
  if (state.phase !== 'in-round' || state.round.phase !== phase) {
    throw new Error(`expected ${phase}, got ${state.phase === 'in-round' ? state.round.phase : state.phase}`);
  }
  return state.round as Extract<InRound['round'], { phase: P }>;
}
