import type { Config, RunClients, RunId, Signature, TaskId } from '@fedops/shared-types';

/** Everything about a run that is settled before it starts and never changes. */
export interface RunPlan {
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly rounds: number;
  /** All randomness of the run derives from it. */
  readonly seed: number;
  /** The published version that the run starts from; 0 where there is none. */
  readonly baseVersion: number;
  readonly signature: Signature;
  readonly strategy: { readonly name: string; readonly settings: Config };
  /** Who may take part; ids in their order. */
  readonly clients: RunClients;
  readonly selection: Selection;
  /** The share of the connected clients that measure each round's model; 0 for none. */
  readonly clientEvaluation: { readonly fraction: number };
  readonly centralEvaluation: 'none' | 'every-round';
  readonly policy: RoundPolicy;
}

/** How many clients a round takes: max(minClients, fraction of the connected), once minConnected are there. */
export interface Selection {
  readonly fraction: number;
  readonly minClients: number;
  readonly minConnected: number;
}

/** When a round goes on without those that it still waits for. */
export interface RoundPolicy {
  /** Fewest updates that still make a round. */
  readonly quorum: number;
  /** Asks more clients than are needed, by this share; the round closes when as many as needed have delivered. */
  readonly overSelection: number;
  /** When a round could close and clients are still at work: how long it waits for what is on its way; 0 to refuse it. */
  readonly lateUpdatesMs: number;
  /** How often a failed round is tried again before the run fails. */
  readonly retries: number;
  readonly waitForClientsMs: number;
  readonly fitMs: number;
  readonly aggregateMs: number;
  readonly evaluateMs: number;
  readonly publishMs: number;
}

/** The global model version that the run is to publish. */
export function nextVersionOf({ baseVersion }: RunPlan): number {
  return baseVersion + 1;
}
