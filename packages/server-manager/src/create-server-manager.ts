import { readFileSync } from 'node:fs';
import { createLogger, type Logger, listen } from '@fedops/http-service';
import type { RunId, TaskId } from '@fedops/shared-types';
import { openDeviceDesk } from './devices/device-desk.js';
import { createPartDesk } from './devices/part-desk.js';
import { type Directories, openDirectories } from './directories.js';
import { createApp } from './http/app.js';
import { createChildProcessLauncher } from './launcher/child-process-launcher.js';
import type { Launcher } from './launcher/launcher.js';
import { serverAddresses } from './launcher/server-addresses.js';
import { type ManagerClock, managerClock } from './manager-clock.js';
import { boundedMetrics } from './metrics/bounded-metrics.js';
import { createModelFiles, type ModelFiles } from './models/model-files.js';
import { createModelRegistry } from './models/model-registry.js';
import { startSweeper } from './retention/sweeper.js';
import { portRange } from './runs/port-range.js';
import { createRunDesk } from './runs/run-desk.js';
import { startTriggers } from './runs/triggers.js';
import { type ResolvedManagerSettings, resolveSettings, type ServerManagerSettings } from './settings.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import type { Store } from './store/store.js';
import { openTaskDesk } from './tasks/task-desk.js';
import { createTopic } from './topic.js';

/** What a server manager works with; each has a default. */
export interface ServerManagerParts {
  readonly logger?: Logger;
  readonly clock?: ManagerClock;
  /** Default: an SQLite file in the data directory. */
  readonly store?: Store;
  /** Default: child processes of this machine. */
  readonly launcher?: Launcher;
  /** Default: the model stores in the tasks' data directories. */
  readonly models?: ModelFiles;
}

/** A server manager that takes requests. */
export interface ServerManager {
  readonly url: string;
  readonly port: number;
  /**
   * Closes the manager. FL servers go on, and the next manager of the data directory finds them; with
   * `servers: 'stop'` their runs end as failed first. Safe to call twice.
   */
  close(options?: CloseManagerOptions): Promise<void>;
}

/** What becomes of the FL servers when their manager closes. */
export interface CloseManagerOptions {
  /** Default: `leave`. */
  readonly servers?: 'leave' | 'stop';
}

/** For FL servers that are told to stop to be gone. */
const SERVERS_GONE_WITHIN_MS = 30_000;

/**
 * Opens the data directory, goes on with what an earlier manager left there, and listens.
 *
 * @example
 * const manager = await createServerManager({ dataDir: './fedops-data' });
 * console.log(manager.url);
 * await manager.close({ servers: 'stop' });
 *
 * @throws {FedOpsError} `invalid-argument`, naming every setting that is wrong; `conflict` where another manager works
 *   in the data directory; `unsupported` where a newer one did; `unavailable` where the port is in use; `storage`.
 */
export async function createServerManager(
  settings: ServerManagerSettings,
  parts: ServerManagerParts = {},
): Promise<ServerManager> {
  const resolved = resolveSettings(settings);
  const undo: (() => Promise<void> | void)[] = [];
  try {
    return await start(resolved, parts, undo);
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

/** @param undo Takes what must be given back when a later step fails, or when the manager closes; last first. */
async function start(
  settings: ResolvedManagerSettings,
  parts: ServerManagerParts,
  undo: (() => Promise<void> | void)[],
): Promise<ServerManager> {
  const { logger = createLogger('server-manager'), clock = managerClock } = parts;
  const { listen: listening, servers, limits, retention, adminToken, deviceToken } = settings;
  const directories = await openDirectories(settings.dataDir);
  const store = parts.store ?? (await openSqliteStore(directories.store));
  undo.push(() => store.close());

  const [taskChanged, runChanged, becameReady] = [
    createTopic<TaskId>(),
    createTopic<TaskId>(),
    createTopic<TaskId>(),
  ];
  const tasks = await openTaskDesk({ rows: store.tasks, clock, changed: taskChanged }, limits);
  const devices = await openDeviceDesk({ rows: store.devices, clock, logger, becameReady }, limits);
  undo.push(() => devices.close());
  const partDesk = createPartDesk(store.parts);
  const models = createModelRegistry({
    rows: store.models,
    files: parts.models ?? createModelFiles(directories),
  });
  let ownUrl = '';
  const launcher = parts.launcher ?? launcherFor({ directories, clock }, settings, () => ownUrl);
  const runs = createRunDesk(
    {
      rows: store.runs,
      tasks,
      devices,
      models,
      launcher,
      ports: portRange(servers.ports, servers.host),
      flowerPorts: servers.flower && portRange(servers.flower.ports, servers.host),
      clock,
      logger,
      changed: runChanged,
    },
    serverAddresses(servers),
  );
  undo.push(() => runs.close());
  const goOn = await runs.recover();
  for (const { taskId } of tasks.list()) await followParts(taskId);

  function goingOn(taskId: TaskId): { readonly runId: RunId } | undefined {
    const told = tasks.find(taskId)?.serverReport?.run ?? undefined;
    return runs.active(taskId) ?? (told?.end === null ? told : undefined);
  }

  /** How clients' parts of a run ended is of interest while it goes on. */
  async function followParts(taskId: TaskId): Promise<void> {
    const run = goingOn(taskId);
    if (run === undefined) partDesk.close(taskId);
    else await partDesk.open({ taskId, runId: run.runId });
  }

  const closing = new AbortController();
  const app = createApp(
    {
      tasks,
      devices,
      parts: partDesk,
      runs,
      runRows: store.runs,
      models,
      metrics: boundedMetrics(store.metrics, { rowsPerTask: retention.metricRowsPerTask }),
      launcher,
      directories,
      clock,
      logger,
      runChanged,
      taskChanged,
      closing: closing.signal,
      limits,
      serverCredentials: { enrolmentToken: servers.enrolmentToken, certificate: servers.tls?.cert },
    },
    { ...listening, listenHost: listening.host, adminToken, deviceToken, version: ownVersion() },
  );
  const { host, port, insecure, tls } = listening;
  const credentials = adminToken !== undefined && deviceToken !== undefined;
  const listener = await listen(
    app,
    {
      host,
      port,
      insecure,
      credentials,
      maxConnections: limits.maxConnections,
      ...(tls !== undefined && { tls }),
    },
    { logger },
  );
  ownUrl = listener.url;
  undo.push(() => listener.close());
  undo.push(() => closing.abort());

  for (const changed of [runChanged, taskChanged]) {
    undo.push(
      changed.subscribe((taskId) => {
        followParts(taskId).catch((error: unknown) =>
          logger.warn({ err: error, taskId }, 'parts could not be read'),
        );
      }),
    );
  }
  goOn();
  const triggers = startTriggers({
    tasks,
    devices,
    runs,
    clock,
    logger,
    taskChanged,
    runChanged,
    becameReady,
  });
  undo.push(() => triggers.close());
  const sweeper = startSweeper(
    { metrics: store.metrics, runs: store.runs, launcher, clock, logger },
    retention,
  );
  undo.push(() => sweeper.close());

  let closed: Promise<void> | undefined;
  async function close({ servers: what = 'leave' }: CloseManagerOptions): Promise<void> {
    triggers.close();
    if (what === 'stop') await runs.stopAll('the server manager was closed', SERVERS_GONE_WITHIN_MS);
    for (const step of undo.reverse()) await step();
  }

  return {
    url: listener.url,
    port: listener.port,
    close: (options = {}) => (closed ??= close(options)),
  };
}

function launcherFor(
  parts: { readonly directories: Directories; readonly clock: ManagerClock },
  { servers }: ResolvedManagerSettings,
  managerUrl: () => string,
): Launcher {
  const { host, publicHost, allowedHosts, allowedOrigins, insecure, enrolmentToken, composition, tls } =
    servers;
  const known = publicHost === undefined ? allowedHosts : [...allowedHosts, publicHost];
  const listenOn = { host, allowedHosts: [...known], allowedOrigins, insecure };
  return createChildProcessLauncher(parts, {
    listen: listenOn,
    enrolmentToken,
    tls,
    composition,
    flowerModule: servers.flower?.module,
    managerUrl,
  });
}

function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
