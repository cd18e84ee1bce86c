import type { RunId } from '@fedops/shared-types';
import type { Baseline, ClientReport } from '../client/client-report.js';
import type { DonePart, ErrorFacts, PartEnd, Run } from './run.js';

/**
 * What the manager is at. Every state says why, since when, and until when at the latest: then it asks again or goes
 * on. Times are milliseconds since the epoch.
 */
export type ManagerState = SeekingClient | Registering | Waiting | Starting | Training | Reporting;

interface Phase {
  readonly since: number;
  readonly deadline: number;
  readonly facts: Facts;
}

/** No client app answers, so that nothing could be started. */
export interface SeekingClient extends Phase {
  readonly phase: 'seeking-client';
  readonly reason: 'not-asked-yet' | 'client-unreachable' | 'client-unclear' | 'other-task' | 'client-left';
}

/** There is a client; the server manager does not know the device yet, or no more. */
export interface Registering extends Phase {
  readonly phase: 'registering';
  readonly reason: 'not-asked-yet' | 'server-manager-unreachable' | 'other-model' | 'registration-refused';
}

/** Registered, with a client that could begin; there is no run for it. */
export interface Waiting extends Phase {
  readonly phase: 'waiting';
  readonly reason: 'no-run' | 'not-chosen' | 'part-done' | 'client-busy' | 'server-manager-unreachable';
}

/** A run waits for this client, which is asked to start: once it has heard, never again. */
export interface Starting extends Phase {
  readonly phase: 'starting';
  readonly reason: 'not-asked-yet' | 'asking-client' | 'client-busy' | 'client-unreachable' | 'start-failed';
  readonly run: Run;
  /** How the client was before it was asked; null before. */
  readonly baseline: Baseline | null;
  /** True where an earlier start may have been heard, although no answer came. */
  readonly isPerhapsHeard: boolean;
  readonly attempts: number;
  /** When the client is asked next; null while it is being asked. */
  readonly nextAttemptAt: number | null;
  readonly error: ErrorFacts | null;
}

/** The client takes part in a run. */
export interface Training extends Phase {
  readonly phase: 'training';
  readonly reason: 'client-trains' | 'client-silent';
  readonly run: Run;
  readonly baseline: Baseline | null;
  /** From 0 to 1, where the client tells. */
  readonly progress: number | null;
  /** Without an answer of the client until then it counts as lost. */
  readonly leaseUntil: number;
  /** A client that still trains then counts as hanging. */
  readonly endsBy: number;
  readonly isRunOver: boolean;
}

/** The client's part of a run is over, and the server manager has to hear of it. */
export interface Reporting extends Phase {
  readonly phase: 'reporting';
  readonly reason: 'not-told-yet' | 'server-manager-unreachable';
  readonly run: Run;
  readonly end: PartEnd;
  readonly isRunOver: boolean;
  /** True for a client that hangs: it is told to stop first. */
  readonly stopsClient: boolean;
  readonly attempts: number;
  readonly nextAttemptAt: number;
  readonly error: ErrorFacts | null;
}

/** What is known whatever the manager is at. */
export interface Facts {
  readonly client: ClientSight;
  /** False while a client whose part has ended still says that it trains: Python's says so a little longer. */
  readonly hasClientRested: boolean;
  readonly link: Link;
  readonly last: DonePart | null;
  /** A run that goes on and is for other devices; null for none. */
  readonly othersRun: RunId | null;
  readonly nextLookAt: number;
  readonly nextNewsAt: number;
}

/** The client app as last seen. */
export type ClientSight =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'silent'; readonly since: number; readonly error: ErrorFacts }
  | { readonly kind: 'left'; readonly since: number }
  | {
      readonly kind: 'answering';
      readonly since: number;
      readonly report: ClientReport;
      /** False after a start that ended in an error of the client, which may have left it claiming to train. */
      readonly isBelieved: boolean;
    };

/** The line to the server manager. */
export type Link =
  | {
      readonly kind: 'unregistered';
      readonly since: number;
      readonly error: ErrorFacts | null;
      readonly nextAttemptAt: number;
    }
  | { readonly kind: 'registered'; readonly since: number; readonly taskId: string; readonly api: Api }
  | {
      readonly kind: 'unreachable';
      readonly since: number;
      readonly taskId: string;
      readonly api: Api;
      readonly error: ErrorFacts;
    };

/** Which routes a server manager offers. */
export type Api = 'v1' | 'legacy';
