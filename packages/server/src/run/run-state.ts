import type {
  ClientId,
  Evaluation,
  FedOpsErrorCode,
  Metrics,
  ParametersRef,
  RoundRecord,
  Sha256,
} from '@fedops/shared-types';

/** A run as a value: everything that others see of it derives from this. Times are milliseconds since the epoch. */
export type RunState = InRound | Publishing | RunFinished | RunFailed;

interface RunSoFar {
  /** The newest global model: what the next round starts from. */
  readonly model: GlobalModel;
  /** The last past rounds, closed or failed, oldest first. */
  readonly history: readonly RoundRecord[];
}

/** A round is under way, from waiting for clients to its evaluation. */
export interface InRound extends RunSoFar {
  readonly phase: 'in-round';
  readonly round: RoundState;
}

/** The rounds are over; the newest model is on its way to being V(n+1). */
export interface Publishing extends RunSoFar {
  readonly phase: 'publishing';
  readonly since: number;
  readonly deadline: number;
}

/** The run has published `version`. */
export interface RunFinished extends RunSoFar {
  readonly phase: 'finished';
  readonly since: number;
  readonly version: number;
  /** Where the published model lies, for people. */
  readonly path: string;
}

/** The run has ended without a version. */
export interface RunFailed extends RunSoFar {
  readonly phase: 'failed';
  readonly since: number;
  readonly reason: RunFailureReason;
  readonly code: FedOpsErrorCode;
  readonly message: string;
}

/** Why a run failed: the reason of its last round, or what befell the run itself. */
export type RunFailureReason = RoundFailureReason | 'publish-error' | 'stopped';

/** A global model and what the strategy keeps beside it. */
export interface GlobalModel {
  /** The round that made it; 0 for the model that the run started from. */
  readonly round: number;
  readonly parameters: ParametersRef;
  readonly scalars: Readonly<Record<string, number>>;
  readonly moments: readonly ParametersRef[];
}

/** One attempt at a round, phase by phase. */
export type RoundState = WaitingForClients | Fitting | Aggregating | Evaluating;

interface RoundSoFar {
  /** Counted from 1. */
  readonly round: number;
  /** Failed attempts at this round before this one. */
  readonly failedAttempts: number;
  /** When the round began. */
  readonly began: number;
  /** When this phase began, and when it ends by itself. */
  readonly since: number;
  readonly deadline: number;
}

/** Until enough clients are connected. */
export interface WaitingForClients extends RoundSoFar {
  readonly phase: 'waiting-for-clients';
  readonly connected: readonly ClientId[];
}

/** Until the updates are in, or the deadline. */
export interface Fitting extends RoundSoFar {
  readonly phase: 'fitting';
  /** Fixed when the round opens; iterates in the order of ids. */
  readonly selected: ReadonlySet<ClientId>;
  /** How many updates are enough: fewer than are selected where the policy asks more clients than it needs. */
  readonly needed: number;
  /** `late` once the round could close, and waits a last time for what is on its way. */
  readonly stage: 'open' | 'late';
  readonly updates: ReadonlyMap<ClientId, ReceivedUpdate>;
  readonly failures: ReadonlyMap<ClientId, ClientFailure>;
}

/** While the server makes the round's model of the updates. */
export interface Aggregating extends RoundSoFar {
  readonly phase: 'aggregating';
  readonly updates: ReadonlyMap<ClientId, ReceivedUpdate>;
  readonly failures: ReadonlyMap<ClientId, ClientFailure>;
}

/** While clients, and the server where it can, measure the round's model. */
export interface Evaluating extends RoundSoFar {
  readonly phase: 'evaluating';
  readonly updates: ReadonlyMap<ClientId, ReceivedUpdate>;
  /** Of the fit; `failures` are those of the evaluation. */
  readonly fitFailures: ReadonlyMap<ClientId, ClientFailure>;
  readonly fitMetrics: Metrics;
  readonly selected: ReadonlySet<ClientId>;
  readonly evaluations: ReadonlyMap<ClientId, Evaluation>;
  readonly failures: ReadonlyMap<ClientId, ClientFailure>;
  readonly central: CentralEvaluation;
}

/** The server's own evaluation of the round's model; the round does not fail by it. */
export type CentralEvaluation =
  | { readonly status: 'none' }
  | { readonly status: 'running' }
  | { readonly status: 'measured'; readonly evaluation: Evaluation }
  | { readonly status: 'failed'; readonly message: string };

/** What the round knows of an update; its bytes lie in the spool. */
export interface ReceivedUpdate {
  readonly clientId: ClientId;
  readonly numExamples: number;
  readonly metrics: Metrics;
  /** SHA-256 of the body as it came. */
  readonly digest: Sha256;
  readonly l2Norm: number;
  /** Where its bytes lie in the spool. */
  readonly slot: number;
}

/** Why nothing is to be expected of a client in this phase. */
export interface ClientFailure {
  readonly clientId: ClientId;
  readonly work: 'fit' | 'evaluate';
  /** `reported` by the client, `refused` by the door, or `lost`: the lease ran out, the client left, or it did not answer in time. */
  readonly origin: 'reported' | 'refused' | 'lost';
  readonly code: FedOpsErrorCode;
  readonly message: string;
}

/** Why an attempt at a round made no model. */
export type RoundFailureReason =
  | 'too-few-clients'
  | 'quorum-not-met'
  | 'no-valid-update'
  | 'aggregation-error';

/** What can happen to a run. `at` is when; nothing else tells the time. */
export type RunEvent = { readonly at: number } & (
  | { readonly kind: 'connected-changed'; readonly connected: readonly ClientId[] }
  | { readonly kind: 'fit-received'; readonly round: number; readonly update: ReceivedUpdate }
  | { readonly kind: 'work-failed'; readonly round: number; readonly failure: ClientFailure }
  | {
      readonly kind: 'evaluation-received';
      readonly round: number;
      readonly clientId: ClientId;
      readonly evaluation: Evaluation;
    }
  | {
      readonly kind: 'aggregated';
      readonly model: GlobalModel;
      readonly metrics: Metrics;
      readonly connected: readonly ClientId[];
    }
  | { readonly kind: 'aggregation-failed'; readonly code: FedOpsErrorCode; readonly message: string }
  | { readonly kind: 'centrally-evaluated'; readonly evaluation: Evaluation }
  | { readonly kind: 'central-evaluation-failed'; readonly message: string }
  | { readonly kind: 'published'; readonly version: number; readonly path: string }
  | { readonly kind: 'publish-failed'; readonly code: FedOpsErrorCode; readonly message: string }
  | { readonly kind: 'deadline-passed' }
  /** The server is back after a restart: the phase gets its whole time again, since nobody could use the time between. */
  | { readonly kind: 'resumed' }
  | { readonly kind: 'stopped'; readonly message: string }
);

/** When the state ends by itself; undefined for the two terminal ones. */
export function deadlineOf(state: RunState): number | undefined {
  switch (state.phase) {
    case 'in-round':
      return state.round.deadline;
    case 'publishing':
      return state.deadline;
    case 'finished':
    case 'failed':
      return undefined;
  }
}

/** The current round, or the last one where the run is past its rounds. */
export function roundOf(state: RunState): number {
  return state.phase === 'in-round' ? state.round.round : (state.history.at(-1)?.round ?? 0);
}
