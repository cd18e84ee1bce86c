import type { RunId, RunView } from '@fedops/shared-types';
import type { RunOutcome } from './engine/engine.js';

/** A server that serves one run. */
export interface RunningServer {
  /** Where clients reach it. */
  readonly url: string;
  readonly port: number;
  /** Where they reach the further doors, in their order. */
  readonly doorUrls: readonly string[];
  readonly runId: RunId;
  /** Where the run stands, and why it waits. */
  view(): RunView;
  /** Resolves when the run has ended or stands still; never rejects. */
  readonly finished: Promise<RunOutcome>;
  /** Ends a run that still goes on as failed, for good. */
  stop(reason: string): Promise<void>;
  /**
   * Closes the server. A run that has ended is announced to the clients that are connected; one that goes on is
   * left as it is, to be resumed from the data directory, or is stopped where there is none.
   * Safe to call twice; takes at most about twenty seconds.
   */
  close(): Promise<void>;
}
