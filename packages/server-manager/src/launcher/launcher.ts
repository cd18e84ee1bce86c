import type { RunId, RunSettings, RunView, TaskId } from '@fedops/shared-types';
import type { ServerEnd } from '../runs/run-state.js';

/** Starts FL servers and finds those that were started before. */
export interface Launcher {
  /** Starts an FL server for a run; what goes wrong is its end. */
  launch(order: ServerOrder): LaunchedServer;
  /** The FL server that an earlier manager started for a run, or how it ended. */
  find(place: ServerPlace): LaunchedServer;
  /** Throws away what a run that crashed for good has left: updates, which are private, and models of its rounds. */
  discard(place: ServerPlace, rounds: number): Promise<void>;
  /** Throws away the log of a run that is over, and what else tells of its FL server's process; twice is once. */
  forget(place: ServerPlace): Promise<void>;
  /** The end of the log of a run's FL server, at most so many bytes of it; empty where there is none. */
  log(place: ServerPlace, maxBytes: number): Promise<string>;
}

/** Where a run's FL server keeps what it has. */
export interface ServerPlace {
  readonly taskId: TaskId;
  readonly runId: RunId;
}

/** What the manager tells an FL server that it starts. */
export interface ServerOrder extends ServerPlace {
  readonly settings: RunSettings;
  /** 0 for any that is free. */
  readonly port: number;
  /** Of its door for Flower's clients, 0 for any that is free; null for no such door. */
  readonly flowerPort: number | null;
  /** By which the FL server reports to the manager. */
  readonly token: string;
}

/** An FL server that was told to run. */
export interface LaunchedServer {
  /** Resolves once it takes requests; does not settle where it never does. */
  readonly ready: Promise<ServerReady>;
  /** How its run ended; never rejects. */
  readonly ended: Promise<EndedServer>;
  /** Resolves when it is gone and its port is free; never rejects. */
  readonly gone: Promise<void>;
  /** Tells it to end its run; it says so by `ended`. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
  /** Watches it no longer, and leaves it as it is. */
  letGo(): void;
}

/** Where an FL server takes requests, and its process. */
export interface ServerReady {
  /** Where this machine reaches it. */
  readonly url: string;
  readonly port: number;
  /** Of its door for Flower's clients, where it has one. */
  readonly flowerPort?: number;
  readonly pid: number;
}

/** How an FL server ended. */
export interface EndedServer {
  readonly end: ServerEnd;
  /** The run as it was last seen from within; undefined where nobody saw it. */
  readonly view: RunView | undefined;
  /** True where no process ever took the order: its manager died before it could start one. */
  readonly neverBegan?: boolean;
}
