import type { Clock } from '@fedops/server';
import { FedOpsError } from '@fedops/shared-types';
import { deferred } from '../deferred.js';
import type { ServerEnd } from '../runs/run-state.js';
import type { EndedServer, LaunchedServer, ServerReady } from './launcher.js';
import {
  OUTCOME_FILE,
  OutcomeFileSchema,
  PROCESS_FILE,
  ProcessFileSchema,
  READY_FILE,
  ReadyFileSchema,
  readLaunchFile,
} from './server-files.js';

export interface WatchedProcess {
  readonly directory: string;
  /** Resolves once what lies in the directory is this process's own; never rejects. */
  readonly begun: Promise<void>;
  isAlive(): boolean;
  /** As far as it did not say so itself, once it is not. */
  howItEnded(): ServerEnd;
  /** Calls back when it has exited, where this process is told. */
  onExit?(callback: () => void): void;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** A server that starts is looked at this often … */
const STARTING_MS = 50;
/** … and one that works. */
const WORKING_MS = 200;

/** Follows an FL server by the files that it writes, so that one of an earlier manager is followed like one's own. */
export function watchServer(clock: Clock, process: WatchedProcess): LaunchedServer {
  const ready = deferred<ServerReady>();
  const ended = deferred<EndedServer>();
  const gone = deferred<void>();
  let wake = () => {};
  let [isReady, isEnded, isLetGo] = [false, false, false];
  process.onExit?.(() => wake());

  /** Returns true when there is no more to see. */
  async function look(): Promise<boolean> {
    // Asked first: what it wrote before it died is then there to be read.
    const isAlive = process.isAlive();
    const { directory } = process;
    if (!isReady) {
      const file = await readLaunchFile(directory, READY_FILE, ReadyFileSchema);
      if (file !== undefined) {
        const { url, port, pid, flowerPort } = file;
        ready.resolve({ url, port, pid, ...(flowerPort !== undefined && { flowerPort }) });
      }
      isReady = file !== undefined;
    }
    if (!isEnded) {
      const file = await readLaunchFile(directory, OUTCOME_FILE, OutcomeFileSchema);
      if (file !== undefined) ended.resolve({ end: file.end, view: file.view ?? undefined });
      isEnded = file !== undefined;
    }
    if (isAlive) return false;
    const neverBegan = (await readLaunchFile(directory, PROCESS_FILE, ProcessFileSchema)) === undefined;
    ended.resolve({
      end: process.howItEnded(),
      view: undefined,
      neverBegan,
    });
    gone.resolve();
    return true;
  }

  async function follow(): Promise<void> {
    await process.begun;
    while (!isLetGo) {
      try {
        if (await look()) return;
      } catch (error) {
        // Damaged files say nothing of the server; that it can be asked no more is found out when it is gone.
        if (!process.isAlive()) {
          const message = `the FL server is gone, and what it wrote cannot be read: ${FedOpsError.from(error).message}`;
          ended.resolve({ end: { kind: 'crashed', message }, view: undefined });
          gone.resolve();
          return;
        }
      }
      await new Promise<void>((resolve) => {
        const timer = clock.after(isReady ? WORKING_MS : STARTING_MS, resolve);
        wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
  }
  void follow();

  return {
    ready: ready.promise,
    ended: ended.promise,
    gone: gone.promise,
    stop: () => process.signal('SIGTERM'),
    kill: () => process.signal('SIGKILL'),
    letGo() {
      isLetGo = true;
      wake();
    },
  };
}
