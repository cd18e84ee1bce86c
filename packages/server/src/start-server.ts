import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, listen } from '@fedops/http-service';
import type { Parameters } from '@fedops/parameters';
import { createTileMemory } from '@fedops/strategies';
import { systemClock } from './clock.js';
import { startEngine } from './engine/engine.js';
import { recordRound } from './engine/round-work.js';
import { neededUpdates } from './engine/run-start.js';
import { lockDirectory } from './files/directory-lock.js';
import type { FileSystem } from './files/file-system.js';
import { nodeFileSystem } from './files/node-file-system.js';
import type { PatientDisk } from './files/patient-disk.js';
import type { FLServerParts } from './fl-server-parts.js';
import { createDoor } from './http/door.js';
import { createEventStreams } from './http/event-streams.js';
import { createParametersFiles } from './http/parameters-files.js';
import { patientJournal } from './journal/patient-journal.js';
import { openRunDirectories } from './journal/run-directory.js';
import { openFileModelStore } from './model/file-model-store.js';
import { createMemoryModelStore } from './model/memory-model-store.js';
import type { ModelStore } from './model/model-store.js';
import { readEncoded } from './model/read-parameters.js';
import { silentReporter } from './report/reporter.js';
import type { RunningServer } from './running-server.js';
import type { ResolvedServerSettings } from './settings.js';
import { SOFTWARE } from './software.js';
import { startDurableRun, startVolatileRun } from './start-run.js';
import { openKeptUpdates } from './update/kept-updates.js';
import { openSpool, type Spool } from './update/spool.js';

/** For connected clients to hear how the run ended: a client that lost the server tries again within 15 s. */
const FAREWELL_MS = 20_000;
const LAST_REPORTS_MS = 5_000;
/** A request has at least this long, however short the rounds: its headers alone may take 10 s. */
const SHORTEST_REQUEST_TIMEOUT_MS = 60_000;

export interface StartSteps {
  /** Takes what must be given back when a later step fails, or when the server closes; last first. */
  readonly undo: (() => Promise<void>)[];
  readonly disk: PatientDisk;
}

/**
 * Opens what a server works with, begins the run or resumes it, and listens.
 *
 * @throws {FedOpsError} As `FLServer.start` says.
 */
export async function startServer(
  settings: ResolvedServerSettings,
  parts: FLServerParts,
  { undo, disk }: StartSteps,
): Promise<RunningServer> {
  const {
    strategy,
    evaluate,
    logger = createLogger('fl-server'),
    clock = systemClock,
    files = nodeFileSystem,
  } = parts;
  const { dataDir, limits } = settings;

  if (dataDir !== undefined) {
    const lock = await disk.answer(`data directory ${dataDir}`, lockDirectory(files, dataDir), (late) =>
      late.release(),
    );
    undo.push(() => lock.release());
  }
  const directories =
    dataDir === undefined
      ? undefined
      : await disk.answer(`data directory ${dataDir}`, openRunDirectories(files, dataDir));
  const store = parts.store ?? (await disk.answer('model store', openStore(files, dataDir)));
  const startParts = {
    files,
    clock,
    disk,
    store,
    strategy,
    initialParameters: () => parametersOf(parts),
    centralEvaluation: evaluate === undefined ? ('none' as const) : ('every-round' as const),
  };
  const begun =
    directories === undefined
      ? await startVolatileRun(startParts, settings)
      : await startDurableRun(startParts, settings, directories);
  const run = { ...begun, journal: patientJournal(clock, begun.journal) };
  const { runId } = run.plan;
  undo.push(() => run.journal.close());

  const spoolPath = directories?.spoolPath(runId) ?? join(tmpdir(), `fedops-spool-${randomUUID()}`);
  const neededSlots = Array.from(neededUpdates(run.state), ({ slot }) => slot);
  const onLeftOver = (error: unknown) =>
    logger.warn({ err: error }, 'updates of an earlier round lie in the spool still');
  let isOver = false;
  const closeSpool = async (spool: Spool) => {
    await spool.close();
    // Of a run that is over too: what was on its way when it ended came after all else was cut away.
    if (directories === undefined) await files.removeTree(spoolPath);
    else if (isOver) await files.removeTree(spoolPath).catch(onLeftOver);
  };
  const spool = await disk.answer(
    'update spool',
    openSpool({ files, clock, onLeftOver }, spoolPath, neededSlots),
    closeSpool,
  );
  undo.push(() => closeSpool(spool));
  const keptUpdates =
    limits.updates === 'keep' && directories !== undefined
      ? await disk.answer('kept updates', openKeptUpdates(files, directories.keptUpdatesPath(runId)))
      : undefined;

  const reporter = parts.reporter ?? silentReporter;
  const engineParts = {
    store,
    spool,
    strategy,
    tiles: createTileMemory(),
    software: SOFTWARE,
    clock,
    logger,
    reporter,
    ...(keptUpdates !== undefined && { keptUpdates }),
  };
  if (run.state.model.round === 0) {
    const began = { parent: null, participants: [], metrics: {} };
    await disk.answer('model store', recordRound(engineParts, run.plan, run.state.model, began));
  }
  const engine = await startEngine({ ...engineParts, ...(evaluate !== undefined && { evaluate }) }, run, {
    ...limits,
    isResumable: directories !== undefined,
  });
  undo.push(async () => engine.close());

  const { desk, view, events } = engine;
  const streams = createEventStreams({ events, view, clock });
  const door = createDoor(
    { desk, view, streams, parameters: createParametersFiles(store), logger, clock },
    {
      ...settings.listen,
      listenHost: settings.listen.host,
      enrolmentToken: settings.enrolmentToken,
      minUploadBytesPerSecond: limits.minUploadBytesPerSecond,
    },
  );
  const listener = await listen(door, listenSettings(settings), { logger });
  undo.push(() => listener.close());
  undo.push(async () => streams.close());
  const doorUrls: string[] = [];
  for (const open of parts.doors ?? []) {
    const door = await open({
      desk: engine.desk,
      run: run.plan,
      parameters: (digest) => readEncoded(store, digest),
      logger,
    });
    undo.push(() => door.close());
    doorUrls.push(door.url);
  }
  logger.info(
    { url: listener.url, taskId: run.plan.taskId, runId, resumed: run.isResumed },
    'the run goes on',
  );

  const over = engine.finished.then(({ status }) => {
    isOver = status !== 'suspended';
    return status;
  });
  const ended = over.then(async (status) => {
    if (!isOver) return;
    spool.retain([]);
    try {
      await spool.empty();
    } catch (error) {
      // Nor is the end noted: the next start finds it in the journal, and takes away what is left.
      return onLeftOver(error);
    }
    // The journal says it too, so a failure costs the next start some reading and nothing else.
    await directories?.end(runId, { status }).catch((error: unknown) => {
      logger.warn({ err: error }, 'the end of the run was not noted');
    });
  });
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    if (directories === undefined) {
      await engine.stop('the server was closed');
      await over;
    }
    const farewell = isOver ? Promise.all([ended, engine.dismissClients(FAREWELL_MS)]) : undefined;
    await Promise.all([farewell, reporter.close(LAST_REPORTS_MS)]);
    for (const step of undo.reverse()) await step();
  }

  return {
    url: listener.url,
    port: listener.port,
    doorUrls,
    runId,
    view: engine.view,
    finished: engine.finished,
    stop: (reason) => engine.stop(reason),
    close: () => (closing ??= close()),
  };
}

function openStore(files: FileSystem, dataDir: string | undefined): Promise<ModelStore> {
  return dataDir === undefined
    ? Promise.resolve(createMemoryModelStore())
    : openFileModelStore(join(dataDir, 'models'), files);
}

async function parametersOf({ initialParameters }: FLServerParts): Promise<Parameters> {
  return typeof initialParameters === 'function' ? initialParameters() : initialParameters;
}

function listenSettings({ listen, enrolmentToken, policy, limits }: ResolvedServerSettings) {
  const { host, port, tls, insecure } = listen;
  return {
    host,
    port,
    insecure,
    credentials: enrolmentToken !== undefined,
    maxConnections: limits.maxConnections,
    // An upload is of use until its round closes; a stalled one ends sooner.
    requestTimeoutMs: Math.max(policy.fitMs, SHORTEST_REQUEST_TIMEOUT_MS),
    ...(tls !== undefined && { tls }),
  };
}
