import { readFile } from 'node:fs/promises';
import { silentLogger } from '@fedops/http-service';
import { decodeParameters } from '@fedops/parameters';
import { FLServer, openFileModelStore, type RunningServer } from '@fedops/server';
import {
  directoriesOf,
  type EndedServer,
  type LaunchedServer,
  type Launcher,
  type ServerEnd,
  type ServerOrder,
  serverPlanOf,
} from '@fedops/server-manager';
import { fedAvg } from '@fedops/strategies';

export interface InProcessLauncher extends Launcher {
  /** The FL server of a run, once it takes requests. */
  server(runId: string): Promise<RunningServer>;
  /** From now on an FL server goes without a word as soon as it is started. */
  crash(): void;
  /** The FL server of a run, which takes requests, goes without a word. */
  die(runId: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts real FL servers in this process, which keep the updates that they get. */
export function inProcessLauncher(dataDir: string): InProcessLauncher {
  const servers = new Map<string, Promise<RunningServer>>();
  const directories = directoriesOf(dataDir);
  const deaths = new Map<string, () => void>();
  let crashes = false;

  async function start({ taskId, runId, settings }: ServerOrder): Promise<RunningServer> {
    if (crashes) throw new Error('it crashed');
    return new FLServer(
      {
        taskId,
        runId,
        ...serverPlanOf(settings),
        dataDir: directories.runData(taskId, runId),
        limits: { updates: 'keep', keepRounds: 9 },
        listen: { port: 0 },
      },
      {
        strategy: fedAvg(),
        store: await openFileModelStore(directories.models(taskId)),
        initialParameters: async () =>
          decodeParameters(await readFile(directories.initialParameters(taskId))),
        logger: silentLogger,
      },
    ).start();
  }

  function launch(order: ServerOrder): LaunchedServer {
    const starting = start(order);
    servers.set(order.runId, starting);
    const crashed = { end: { kind: 'crashed', message: 'it crashed' }, view: undefined } as const;
    const died = new Promise<EndedServer>((resolve) => {
      deaths.set(order.runId, () => resolve(crashed));
    });
    const ended = Promise.race([starting.then(endOf, (): EndedServer => crashed), died]);
    const stop = () => void starting.then((server) => server.stop('stopped')).catch(() => {});
    return {
      ready: new Promise((resolve) => {
        starting.then(
          ({ url, port }) => resolve({ url, port, pid: process.pid }),
          () => {},
        );
      }),
      ended,
      gone: ended.then(async () => (await starting.catch(() => undefined))?.close()),
      stop,
      kill: stop,
      letGo: () => {},
    };
  }

  return {
    launch,
    find: (place) => {
      throw new Error(`no FL server of run ${place.runId} is left to be found`);
    },
    discard: async () => {},
    forget: async () => {},
    log: async ({ runId }) => `{"msg":"log of ${runId}"}\n`,
    crash: () => {
      crashes = true;
    },
    async die(runId) {
      await (await servers.get(runId))?.close();
      deaths.get(runId)?.();
    },
    async server(runId) {
      const server = servers.get(runId);
      if (server === undefined) throw new Error(`no FL server of run ${runId}`);
      return server;
    },
    async close() {
      for (const starting of servers.values()) {
        const server = await starting.catch(() => undefined);
        // Closed already by a test that wants it gone.
        await server?.stop('the test is over').catch(() => {});
        await server?.close();
      }
    },
  };
}

async function endOf(server: RunningServer): Promise<EndedServer> {
  const outcome = await server.finished;
  const end: ServerEnd =
    outcome.status === 'published'
      ? { kind: 'published', version: outcome.version, digest: outcome.digest as never }
      : outcome.status === 'failed'
        ? { kind: 'failed', reason: outcome.reason, message: outcome.error.message }
        : { kind: 'crashed', message: outcome.error.message };
  return { end, view: server.view() };
}
