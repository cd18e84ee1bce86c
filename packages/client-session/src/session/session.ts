import type { ClientId, ClientStatus, TaskId } from '@fedops/shared-types';
import type { Clock } from '../clock.js';
import type { Transport } from '../connection.js';
import type { Trainer } from '../trainer.js';
import type { SessionState } from './session-state.js';

/** What a session works with. */
export interface SessionParts {
  readonly transport: Transport;
  readonly trainer: Trainer;
  readonly clock: Clock;
  /** From 0 up to 1, for the jitter of retries; `Math.random` by default. */
  readonly random?: () => number;
}

/** Who takes part in what. */
export interface SessionSettings {
  readonly taskId: TaskId;
  readonly identity: ClientIdentity;
  /** The client's status for registration and heartbeats, made anew each time from the state. */
  readonly status: (state: SessionState) => ClientStatus;
  /** How long to go on trying when the server cannot be reached, before and during a run; 120,000 by default. */
  readonly reconnectForMs?: number;
}

/** Who a client is, and how it proves that. */
export interface ClientIdentity {
  /** Stable: configured, or made once and kept. */
  readonly clientId: ClientId;
  /** The client's own secret, which proves that a returning client is the same. */
  readonly key: string;
}

/** One client's part in one run. */
export interface Session {
  state(): SessionState;
  /**
   * Takes part in the run until it ends; resolves with the state that ended it (`finished`, `failed`, or `idle`
   * after `stop`) and never rejects.
   */
  run(): Promise<SessionState>;
  /** Aborts the work, leaves the server, and resolves once idle; safe to call twice. */
  stop(reason: string): Promise<void>;
  /** Calls the listener at every change of state; returns the way to end that. */
  onChange(listener: (state: SessionState) => void): () => void;
}
