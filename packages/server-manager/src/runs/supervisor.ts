import type { Logger } from '@fedops/http-service';
import type { Clock, Timer } from '@fedops/server';
import { FedOpsError, type RunView } from '@fedops/shared-types';
import { deferred } from '../deferred.js';
import type { EndedServer, LaunchedServer, Launcher } from '../launcher/launcher.js';
import type { ServerAddresses } from '../launcher/server-addresses.js';
import type { ModelRegistry } from '../models/model-registry.js';
import { oneAtATime } from '../one-at-a-time.js';
import { hashOf, newToken } from '../secrets.js';
import type { RunRows, StoredRun } from '../store/store.js';
import { advanceRun, deadlineOf, isOver, type RunEvent, type ServerEnd } from './run-state.js';

/** Follows one run from its launch to its end. */
export interface Supervisor {
  run(): StoredRun;
  /** Where the FL server is asked by this manager; undefined while it takes no requests. */
  serverUrl(): string | undefined;
  /** Starts the FL server, once those of earlier runs are gone. */
  launch(token: string): void;
  /** Goes on with the FL server of an earlier manager. */
  find(): void;
  stop(message: string): Promise<StoredRun>;
  /** Resolves when the run is over, its FL server gone and its port free. */
  readonly gone: Promise<void>;
  isDone(): boolean;
  /** Watches no longer, and leaves the FL server as it is. */
  close(): void;
}

export interface SupervisorParts {
  readonly rows: RunRows;
  readonly models: ModelRegistry;
  readonly launcher: Launcher;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Resolves when the FL servers of the task's earlier runs are gone: two cannot work in one data directory. */
  readonly previous: Promise<void>;
}

export interface SupervisorSettings {
  readonly addresses: ServerAddresses;
  readonly changed: (run: StoredRun) => void;
}

/** An FL server whose run has ended takes leave of its clients for half of this; then it is ended, and its port is free. */
const GONE_WITHIN_MS = 60_000;

/** What could not be stored is tried again after so long: until then nobody hears of it. */
const TRY_AGAIN_MS = 2_000;

export function createSupervisor(
  { rows, models, launcher, clock, logger, previous }: SupervisorParts,
  initial: StoredRun,
  { addresses, changed }: SupervisorSettings,
): Supervisor {
  const { taskId, runId } = initial;
  const inOrder = oneAtATime();
  const gone = deferred<void>();
  let run = initial;
  let server: LaunchedServer | undefined;
  let ownUrl: string | undefined;
  let deadline: Timer | undefined;
  let leaving: Timer | undefined;
  let [isDone, isClosed] = [false, false];

  /** Takes an event: durable first, then visible, then acted upon. */
  function take(event: Omit<RunEvent, 'at'> & Partial<RunEvent>): Promise<StoredRun> {
    return inOrder(async () => {
      const next = advanceRun(run, { ...event, at: clock.now() } as RunEvent);
      if (next === run) return run;
      await keep(next);
      // It has had its time, and the time to end in good order.
      if (event.kind === 'deadline-passed' && isOver(run)) server?.kill();
      return run;
    });
  }

  async function keep(next: StoredRun): Promise<void> {
    while (!isClosed) {
      try {
        await rows.replace(next);
        break;
      } catch (error) {
        logger.error({ err: error, runId }, 'the state of a run could not be stored; will try again');
        await new Promise<void>((resolve) => clock.after(TRY_AGAIN_MS, resolve));
      }
    }
    if (isClosed) return;
    const before = run;
    run = next;
    act(before);
    changed(run);
  }

  function act(before: StoredRun): void {
    watchDeadline();
    if (run.state !== before.state) {
      const { status } = run.state;
      logger.info({ runId, taskId, ...run.state }, `the run is ${status}`);
      if (status === 'stopping') server?.stop();
      if (status === 'starting') void server?.gone.then(() => launchAgain());
      // What is done for others when their FL server has gone: here it may have gone before.
      if (before.state.status === 'suspended' && isOver(run)) void server?.gone.then(letGoOfPort);
    }
  }

  function watchDeadline(): void {
    deadline?.cancel();
    const at = deadlineOf(run);
    if (at === undefined || isClosed) return;
    deadline = clock.after(at - clock.now(), () => void take({ kind: 'deadline-passed' }));
  }

  /** @param isSettled Takes an end that is none for the run; returns false for others. */
  function follow(launched: LaunchedServer, isSettled: (ended: EndedServer) => boolean = () => false): void {
    server = launched;
    void launched.ready.then((ready) => {
      if (server !== launched) return;
      ownUrl = ready.url;
      const { port, pid, flowerPort } = ready;
      void take({
        kind: 'server-ready',
        url: addresses.serverUrl(port),
        port,
        pid,
        ...(flowerPort !== undefined && {
          flower: { port: flowerPort, address: addresses.flowerAddress(flowerPort) },
        }),
      });
    });
    const ending = launched.ended.then(async (ended) => {
      if (isOver(run) || isSettled(ended)) return;
      const end = await confirmed(ended);
      await keepView(ended.view);
      await take({ kind: 'server-ended', end });
    });
    void launched.ended.then(() => endUnlessGone(launched));
    // What it said at the end comes before that it is gone.
    void Promise.all([launched.gone, ending]).then(letGoOfPort);
  }

  function endUnlessGone(launched: LaunchedServer): void {
    if (isClosed) return;
    leaving = clock.after(GONE_WITHIN_MS, () => launched.kill());
    void launched.gone.then(() => leaving?.cancel());
  }

  async function letGoOfPort(): Promise<void> {
    ownUrl = undefined;
    if (!isOver(run)) return;
    // A run that ended in good order has tidied up for itself.
    if (run.state.status === 'failed') await discardLeftovers();
    await inOrder(async () => {
      if (run.port !== null || run.flowerPort !== null) await keep({ ...run, port: null, flowerPort: null });
    });
    isDone = true;
    gone.resolve();
  }

  async function discardLeftovers(): Promise<void> {
    await launcher.discard({ taskId, runId }, run.settings.rounds).catch((error: unknown) => {
      logger.warn({ err: error, runId }, 'what a failed run has left could not be removed');
    });
  }

  /** Published is what lies in the model store, by this run, and nothing else. */
  async function confirmed({ end, view }: EndedServer): Promise<ServerEnd> {
    if (end.kind === 'failed') return end;
    try {
      const manifest = await models.takeIn(taskId, view);
      const isOurs = manifest?.lineage.runId === runId;
      if (end.kind !== 'published') {
        // It published, and died or stood still before it could say so.
        return isOurs
          ? { kind: 'published', version: manifest.version, digest: manifest.parameters.digest }
          : end;
      }
      if (isOurs && manifest.version === end.version) return end;
      return { kind: 'failed', reason: 'storage', message: `V${end.version} is not in the model store` };
    } catch (error) {
      const { code, message } = FedOpsError.from(error);
      return end.kind !== 'published' ? end : { kind: 'failed', reason: code, message };
    }
  }

  async function keepView(view: RunView | undefined): Promise<void> {
    if (view === undefined) return;
    await rows.putView(runId, view).catch((error: unknown) => {
      logger.warn({ err: error, runId }, 'the last view of a run could not be stored');
    });
  }

  function launch(token: string): void {
    void previous.then(() => {
      if (isClosed) return;
      if (run.state.status === 'starting') {
        const { settings, port, flowerPort } = run;
        follow(launcher.launch({ taskId, runId, settings, port: port ?? 0, flowerPort, token }));
        return;
      }
      const end = { kind: 'crashed', message: 'the FL server was not started' } as const;
      void take({ kind: 'server-ended', end }).then(letGoOfPort);
    });
  }

  /** The run was begun, and its manager died before it could start an FL server: that is made up for. */
  function beginsNow({ neverBegan }: EndedServer): boolean {
    if (neverBegan !== true || run.state.status !== 'starting') return false;
    void launchAgain();
    return true;
  }

  async function launchAgain(): Promise<void> {
    const token = newToken();
    await inOrder(async () => {
      if (!isOver(run)) await keep({ ...run, tokenHash: hashOf(token) });
    });
    launch(token);
  }

  watchDeadline();
  return {
    run: () => run,
    serverUrl: () => ownUrl,
    launch,
    find() {
      if (run.state.status === 'suspended') {
        // How its FL server ended is known; the next one starts when it is gone.
        server = launcher.find({ taskId, runId });
        endUnlessGone(server);
        return;
      }
      follow(launcher.find({ taskId, runId }), beginsNow);
      if (run.state.status === 'stopping') server?.stop();
    },
    stop: (message) => take({ kind: 'stop-asked', message }),
    gone: gone.promise,
    isDone: () => isDone,
    close() {
      isClosed = true;
      deadline?.cancel();
      leaving?.cancel();
      server?.letGo();
    },
  };
}
