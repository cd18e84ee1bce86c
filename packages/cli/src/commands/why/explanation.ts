import type { Device, ManagedRun, RunView } from '@fedops/shared-types';

/** What is known about a run when it is asked why it is where it is. */
export interface WhyFacts {
  readonly run: ManagedRun;
  /** The run from within, as its FL server has it now; `unreachable` where that should answer and does not. */
  readonly within: RunView | 'unreachable' | undefined;
  /** Of the task. */
  readonly devices: readonly Device[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Why a run is where it is. Times are ISO 8601 in UTC. */
export interface Explanation {
  readonly runId: string;
  readonly taskId: string;
  readonly status: ManagedRun['state']['status'];
  /** A code for machines, and the same as a sentence. */
  readonly reason: string;
  readonly explanation: string;
  readonly since: string;
  /** When the wait ends by itself, and what happens then; null where it does not. */
  readonly until: string | null;
  readonly atDeadline: string | null;
  /** Clients that are waited for. */
  readonly waitingFor: readonly string[];
  /** What one can do, in sentences. */
  readonly advice: readonly string[];
}
