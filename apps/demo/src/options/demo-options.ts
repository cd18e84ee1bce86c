import type { Partition } from '../data/partition.js';

/** What a demo is asked to do. */
export interface DemoOptions {
  /** From the beginning; one more device joins late. */
  readonly clients: number;
  /** Of each run. */
  readonly rounds: number;
  readonly partition: Partition;
  /** All randomness derives from it: an unsigned 32-bit integer. */
  readonly seed: number;
  /** A client trains on at most so many of its images a round, drawn anew each time. */
  readonly examples: number;
  /** Absolute; models, the clients' identities and logs lie in it, and are kept. */
  readonly dataDir: string;
  /** Absolute; undefined for no report. */
  readonly report: string | undefined;
}

/** Of the training set; no client can have more. */
export const TRAINING_IMAGES = 60_000;

/** Every client app is a process with a worker and takes about 200 MB, and its manager is one of about 90. */
export const MOST_CLIENTS = 64;
