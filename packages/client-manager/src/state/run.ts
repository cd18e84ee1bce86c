import type { FedOpsErrorCode, RunId } from '@fedops/shared-types';

/** A run as its server manager tells of it. */
export interface Run {
  /** Tells one run from another: the run id, or what an older manager has in its place. */
  readonly key: string;
  /** Null from managers that know no run ids. */
  readonly runId: RunId | null;
  /** The version that the run is to publish; null where the manager does not say. */
  readonly version: number | null;
  /** Base URL of the FL server; null where it has to be asked for. */
  readonly serverUrl: string | null;
  /** `host:port` at which clients of Python's find it; null where it has no door for them, or has to be asked for. */
  readonly flowerAddress: string | null;
}

/** What is told of an error. */
export interface ErrorFacts {
  readonly code: FedOpsErrorCode;
  readonly message: string;
}

/** How this device's part of a run ended. */
export type PartEnd =
  | { readonly state: 'train-finished' }
  | { readonly state: 'train-failed'; readonly reason: ErrorFacts }
  | { readonly state: 'out' };

/** The last run that this device has done with: it is not started in it again. */
export interface DonePart {
  readonly run: Run;
  /** Null for a run that ended before this device took part. */
  readonly end: PartEnd | null;
  /** Whether the server manager has told of the run's own end. */
  readonly isRunOver: boolean;
}
