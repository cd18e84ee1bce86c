import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, type Listener, type Logger, listen } from '@fedops/http-service';
import type { Parameters } from '@fedops/parameters';
import type { RunId, RunView } from '@fedops/shared-types';
import type { Strategy } from '@fedops/strategies';
import { type Clock, systemClock } from './clock.js';
import { createEngine, type Engine, type RunOutcome } from './engine/engine.js';
import { type CentralEvaluate, recordRound } from './engine/round-work.js';
import { storing } from './files/storage-error.js';
import { createDoor } from './http/door.js';
import { createParametersFiles } from './http/parameters-files.js';
import { openFileModelStore } from './model/file-model-store.js';
import { createMemoryModelStore } from './model/memory-model-store.js';
import type { ModelStore } from './model/model-store.js';
import { type Reporter, silentReporter } from './report/reporter.js';
import { type InitialModel, initialModel } from './run/initial-model.js';
import type { RunPlan } from './run/run-plan.js';
import { type FLServerSettings, type ResolvedServerSettings, resolveSettings } from './settings.js';
import { SOFTWARE } from './software.js';
import { openSpool, type Spool } from './update/spool.js';

/** What an FL server works with. */
export interface FLServerParts {
  readonly strategy: Strategy;
  /** Where a task without a published version starts from; they also say what every update must look like. */
  readonly initialParameters: Parameters | (() => Promise<Parameters>);
  /** Measures each round's model on the server's own data. */
  readonly evaluate?: CentralEvaluate;
  /** Default: files in `dataDir`, or memory where there is none. */
  readonly store?: ModelStore;
  /** Tells others of the run, such as a server manager. */
  readonly reporter?: (runId: RunId) => Reporter;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/** A server that serves one run. */
export interface RunningServer {
  /** Where clients reach it. */
  readonly url: string;
  readonly port: number;
  readonly runId: RunId;
  /** Where the run stands, and why it waits. */
  view(): RunView;
  /** Resolves when the run has ended, published or failed; never rejects. */
  readonly finished: Promise<RunOutcome>;
  /**
   * Ends the run if it still goes on, tells the connected clients how it ended, and closes. Safe to call twice.
   * Takes at most about ten seconds.
   */
  close(): Promise<void>;
}

/** Time for connected clients to hear how the run ended, and for reports to be delivered. */
const FAREWELL_MS = 5_000;

/**
 * The federated learning server of one task: runs its rounds and publishes global model V(n+1).
 *
 * @example
 * const server = await new FLServer({ taskId: 'mnist', rounds: 3 }, { strategy: fedAvg(), initialParameters }).start();
 * const outcome = await server.finished;
 * await server.close();
 */
export class FLServer {
  readonly #settings: ResolvedServerSettings;
  readonly #parts: FLServerParts;

  /** @throws {FedOpsError} `invalid-argument`, naming every setting that is wrong. */
  constructor(settings: FLServerSettings, parts: FLServerParts) {
    this.#settings = resolveSettings(settings);
    this.#parts = parts;
  }

  /**
   * Opens the store, listens, and begins the run.
   *
   * @throws {FedOpsError} `storage` where the store or the data directory cannot be used, `shape-mismatch` where
   *   the published version is of another model, `unavailable` where the port is in use.
   */
  async start(): Promise<RunningServer> {
    const settings = this.#settings;
    const { logger = createLogger('fl-server'), clock = systemClock } = this.#parts;
    const store = this.#parts.store ?? (await openStore(settings));
    const initial = await initialModel(store, () => parametersOf(this.#parts));
    const plan = planOf(settings, this.#parts, initial);
    const spool = await openSpool(await spoolDirectory(settings));
    const reporter = this.#parts.reporter?.(plan.runId) ?? silentReporter;
    const { strategy, evaluate } = this.#parts;
    const parts = { store, spool, strategy, software: SOFTWARE, clock, logger, reporter };
    await recordRound(parts, plan, initial.model, { parent: null, participants: [], metrics: {} });

    const engine = createEngine(
      evaluate === undefined ? parts : { ...parts, evaluate },
      plan,
      initial.model,
      settings.limits,
    );
    try {
      const door = createDoor(
        { desk: engine.desk, view: engine.view, parameters: createParametersFiles(store), logger },
        {
          listenHost: settings.listen.host,
          allowedHosts: settings.listen.allowedHosts,
          allowedOrigins: settings.listen.allowedOrigins,
          enrolmentToken: settings.enrolmentToken,
        },
      );
      const listener = await listen(door, listenSettings(settings), { logger });
      logger.info(
        { url: listener.url, taskId: plan.taskId, runId: plan.runId, rounds: plan.rounds },
        'the run begins',
      );
      return runningServer({ engine, listener, spool, reporter }, plan.runId);
    } catch (error) {
      engine.close();
      await spool.remove();
      throw error;
    }
  }
}

function runningServer(
  {
    engine,
    listener,
    spool,
    reporter,
  }: { engine: Engine; listener: Listener; spool: Spool; reporter: Reporter },
  runId: RunId,
): RunningServer {
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    engine.stop('the server was closed');
    await Promise.all([engine.dismissClients(FAREWELL_MS), reporter.close(FAREWELL_MS)]);
    engine.close();
    await listener.close();
    await spool.remove();
  }

  return {
    url: listener.url,
    port: listener.port,
    runId,
    view: engine.view,
    finished: engine.finished,
    close: () => (closing ??= close()),
  };
}

function openStore({ dataDir }: ResolvedServerSettings): Promise<ModelStore> {
  return dataDir === undefined
    ? Promise.resolve(createMemoryModelStore())
    : openFileModelStore(join(dataDir, 'models'));
}

async function parametersOf({ initialParameters }: FLServerParts): Promise<Parameters> {
  return typeof initialParameters === 'function' ? initialParameters() : initialParameters;
}

function planOf(
  settings: ResolvedServerSettings,
  { evaluate }: FLServerParts,
  initial: InitialModel,
): RunPlan {
  const { taskId, rounds, seed, selection, clientEvaluation, policy } = settings;
  return {
    taskId,
    runId: settings.runId ?? (`v${initial.baseVersion + 1}` as RunId),
    rounds,
    seed,
    baseVersion: initial.baseVersion,
    signature: initial.signature,
    selection,
    clientEvaluation,
    centralEvaluation: evaluate === undefined ? 'none' : 'every-round',
    policy,
  };
}

function spoolDirectory({ dataDir }: ResolvedServerSettings): Promise<string> {
  if (dataDir !== undefined) return Promise.resolve(join(dataDir, 'spool'));
  return storing('update spool', () => mkdtemp(join(tmpdir(), 'fedops-spool-')));
}

function listenSettings({ listen, enrolmentToken, policy }: ResolvedServerSettings) {
  const { host, port, tls, insecure } = listen;
  return {
    host,
    port,
    insecure,
    credentials: enrolmentToken !== undefined,
    // An upload is of use until its round closes; a stalled one ends sooner.
    requestTimeoutMs: policy.fitMs,
    ...(tls !== undefined && { tls }),
  };
}
