import type { FedOpsErrorCode, RunId, Sha256 } from '@fedops/shared-types';

/**
 * What a client is doing. Every state that waits says why and until when; times are milliseconds since the epoch.
 */
export type SessionState =
  | Idle
  | Connecting
  | Waiting
  | Fitting
  | Evaluating
  | Uploading
  | Finished
  | Failed
  | Stopping;

interface Since {
  readonly since: number;
}

/** The run and round that a piece of work belongs to. */
interface AtWork extends Since {
  readonly runId: RunId;
  readonly round: number;
  /** The round closes then, result or not. */
  readonly deadline: number;
}

/** Taking part in nothing. */
export interface Idle extends Since {
  readonly phase: 'idle';
  readonly reason: 'not-started' | 'stopped';
}

/** Registering, for the first time or again after the connection was lost. */
export interface Connecting extends Since {
  readonly phase: 'connecting';
  readonly reason: 'registering' | 'reconnecting';
  /** Attempts so far, the one under way included. */
  readonly attempt: number;
  /** When the next attempt begins; null while one is under way. */
  readonly nextAttemptAt: number | null;
  /** The session fails then. */
  readonly deadline: number;
  readonly lastError: SessionError | null;
}

/** Registered, without anything to do. */
export interface Waiting extends Since {
  readonly phase: 'waiting';
  readonly reason: 'no-instruction-yet';
  readonly runId: RunId;
  /** When the poll under way ends; the session then asks again or reconnects. */
  readonly deadline: number;
}

/** The trainer fits. */
export interface Fitting extends AtWork {
  readonly phase: 'fitting';
  /** 0 to 1. */
  readonly progress: number;
}

/** The trainer evaluates. */
export interface Evaluating extends AtWork {
  readonly phase: 'evaluating';
  readonly progress: number;
}

/** Delivering what came of the work: an update, an evaluation, or the report that it failed. */
export interface Uploading extends AtWork {
  readonly phase: 'uploading';
  readonly result: 'update' | 'evaluation' | 'failure';
  readonly attempt: number;
  readonly lastError: SessionError | null;
}

/** The run published a model. */
export interface Finished extends Since {
  readonly phase: 'finished';
  readonly runId: RunId;
  /** The global model version that the run published. */
  readonly version: number;
  readonly digest: Sha256;
}

/** The run failed, or this session could not go on. */
export interface Failed extends Since, SessionError {
  readonly phase: 'failed';
}

/** Told to stop; idle by the deadline. */
export interface Stopping extends Since {
  readonly phase: 'stopping';
  readonly reason: string;
  readonly deadline: number;
}

/** What a state tells of an error. */
export interface SessionError {
  readonly code: FedOpsErrorCode;
  readonly message: string;
}

/** True where a session takes part in a run, or is about to. */
export function isActive(state: SessionState): boolean {
  return state.phase !== 'idle' && state.phase !== 'finished' && state.phase !== 'failed';
}
