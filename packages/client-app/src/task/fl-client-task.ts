import {
  type ClientIdentity,
  createSession,
  type Session,
  type Trainer,
  toldSignature,
} from '@fedops/client-session';
import {
  type ClientStatus,
  FedOpsError,
  type ManagerData,
  type RunId,
  type Signature,
} from '@fedops/shared-types';
import { eventfulTrainer } from '../events/eventful-trainer.js';
import {
  completed,
  connecting,
  failed,
  type RunTarget,
  type RuntimeEvent,
  waitingForRound,
} from '../events/runtime-event.js';
import { type ClientAppHandle, serveClientApp } from '../http/serve-client-app.js';
import { observedTrainer } from '../report/observed-trainer.js';
import { createTaskReporter, type TaskReporter } from '../report/task-reporter.js';
import { clientStatusOf, hostAndPortOf } from './client-status.js';
import { observedTransport } from './observed-transport.js';
import { assertLocatable, locateServer, type ServerSources } from './server-location.js';
import { completeParts, type FLClientTaskParts } from './task-parts.js';
import { beginRun, type TaskEnd, type TaskRun } from './task-run.js';
import {
  type DoorSettings,
  type FLClientTaskSettings,
  readTaskSettings,
  type TaskSettings,
} from './task-settings.js';
import { isBusy, type RestingState, type TaskState } from './task-state.js';
import { toldVersion } from './told-version.js';

/**
 * A client's part in one FL task: what a device registers to take part in a federation.
 *
 * Training runs wherever the trainer runs it; with a `workerTrainer` the device and the routes of this app stay
 * free meanwhile.
 */
export class FLClientTask {
  /** Who may use the routes; read by `createClientRouter`. */
  readonly door: DoorSettings;
  readonly #settings: TaskSettings;
  readonly #parts: FLClientTaskParts;
  readonly #trainer: Trainer;
  readonly #reporter: TaskReporter;
  readonly #facts: Facts;
  #state: TaskState;
  #identity: ClientIdentity | undefined;
  #run: TaskRun | undefined;
  #isLeaving = false;
  #handle: Promise<ClientAppHandle> | undefined;

  /**
   * @param settings With the trainer, which is told what to do and brings the data.
   * @param parts For tests, and for those who bring their own transport, managers or logger.
   * @throws {FedOpsError} `invalid-argument`, naming each setting that is wrong.
   */
  constructor(
    { trainer, ...settings }: FLClientTaskSettings & { readonly trainer: Trainer },
    parts: Partial<FLClientTaskParts> = {},
  ) {
    this.#parts = completeParts(parts, settings);
    const { client, server } = this.#parts.managers;
    const managerUrls = [client, server].flatMap((manager) =>
      manager === undefined ? [] : [manager.baseUrl],
    );
    this.#settings = readTaskSettings(settings, this.#parts.env, managerUrls);
    this.door = this.#settings.door;
    this.#facts = {
      clientMac: this.#settings.clientMac ?? null,
      serverAddress: null,
      nextVersion: 0,
      rounds: 1,
      runId: null,
    };
    this.#reporter = createTaskReporter(this.#parts.managers, this.#parts, () => this.#origin());
    this.#trainer = eventfulTrainer(
      observedTrainer(trainer, this.#reporter, this.#parts.clock),
      this.#parts.tellEvent,
      {
        target: () => this.#target(),
        learnRounds: (rounds) => {
          this.#facts.rounds = rounds;
        },
      },
    );
    this.#state = { phase: 'idle', since: this.#parts.clock.now(), reason: 'not-started' };
  }

  /** What the task is doing. */
  state(): TaskState {
    return this.#state;
  }

  /** The same as managers and servers see it. */
  status(): ClientStatus {
    return this.#statusIn(this.#state);
  }

  /** What the trainer trains, for those who check it before a run; undefined where it does not know or is too long to tell. */
  signature(): Signature | undefined {
    return toldSignature(this.#trainer);
  }

  /**
   * Takes part in the task's run; resolves with the state that ended it: `finished`, `failed`, or `idle` after a stop.
   *
   * @param managerData Where the FL server is; without it, what is configured, or what the server manager says.
   * @throws {FedOpsError} As `begin`; a run that fails is a state, not an exception.
   */
  async flClientStart(managerData?: ManagerData): Promise<RestingState> {
    return this.begin(managerData);
  }

  /**
   * As `flClientStart`, but what refuses the start is thrown at once, and the promise never rejects.
   *
   * @throws {FedOpsError} `conflict` while a run is under way, which goes on undisturbed; `permission-denied` for a
   *   host that is not allowed; `invalid-argument` where no address is known; `unavailable` once the task was closed.
   */
  begin(managerData?: ManagerData): Promise<RestingState> {
    if (this.#isLeaving) throw new FedOpsError('unavailable', 'this client is leaving');
    if (isBusy(this.#state)) {
      throw new FedOpsError('conflict', `this client is in a run already: ${this.#state.phase}`, {
        details: { phase: this.#state.phase },
      });
    }
    const sources: ServerSources = {
      data: managerData ?? this.#settings.configuredServer,
      manager: this.#parts.managers.server,
      policy: this.#settings.policy,
      override: this.#settings.override,
    };
    assertLocatable(sources);

    if (this.#settings.clientMac === undefined) this.#facts.clientMac = managerData?.client_mac ?? null;
    this.#facts.runId = null;
    this.#reporter.started();
    this.#parts.logger.info({ taskId: this.#settings.taskId }, 'taking part in a run');
    const run = beginRun({
      clock: this.#parts.clock,
      identity: () => this.#knownIdentity(),
      locate: (signal) => locateServer(sources, signal),
      openSession: (baseUrl, identity) => this.#openSession(baseUrl, identity),
      onState: (state) => {
        this.#state = state;
      },
    });
    this.#run = run;
    return run.ended.then((end) => this.#end(end));
  }

  /** Aborts what is under way and resolves once idle; does nothing where nothing is. Safe to call twice. */
  async stop(reason = 'the training was stopped'): Promise<void> {
    if (isBusy(this.#state)) await this.#run?.stop(reason);
  }

  /**
   * Serves `/online`, `/start`, `/stop` and `/healthz`, and resolves once they answer.
   *
   * @throws {FedOpsError} `conflict` where it is served already; `storage` where the data directory cannot be used;
   *   what `listen` throws: a port in use is `unavailable`.
   */
  async start(): Promise<ClientAppHandle> {
    if (this.#handle !== undefined) throw new FedOpsError('conflict', 'this task is served already');
    this.#handle = this.#knownIdentity().then(() => serveClientApp(this, this.#settings.listen, this.#parts));
    this.#handle.catch(() => {
      this.#handle = undefined;
    });
    return this.#handle;
  }

  /**
   * Stops, tells the managers that this client is out, and takes no further start.
   *
   * @param withinMs Resolves after so long at the latest. The abort itself is immediate.
   */
  async leave(withinMs: number): Promise<void> {
    this.#isLeaving = true;
    const inTime = new AbortController();
    const limit = this.#parts.clock.sleep(withinMs, inTime.signal).catch(() => undefined);
    await Promise.race([Promise.all([this.stop('the client leaves'), this.#reporter.left(withinMs)]), limit]);
    inTime.abort();
  }

  #openSession(baseUrl: string, identity: ClientIdentity): Session {
    this.#facts.serverAddress = hostAndPortOf(baseUrl);
    this.#parts.tellEvent(connecting(this.#facts.serverAddress));
    const { taskId, enrolmentToken, reconnectForMs } = this.#settings;
    const transport = this.#parts.createTransport({
      baseUrl,
      ...(enrolmentToken === undefined ? {} : { enrolmentToken }),
      nextVersion: () => toldVersion(this.#parts.managers, this.#parts.logger),
    });
    return createSession(
      {
        transport: observedTransport(transport, ({ nextVersion, rounds, runId }) => {
          const isFirst = this.#facts.runId === null;
          Object.assign(this.#facts, { nextVersion, rounds, runId });
          if (isFirst) this.#parts.tellEvent(waitingForRound(this.#target()));
        }),
        trainer: this.#trainer,
        clock: this.#parts.clock,
        random: this.#parts.random,
      },
      {
        taskId,
        identity,
        status: (state) => this.#statusIn(state),
        ...(reconnectForMs === undefined ? {} : { reconnectForMs }),
      },
    );
  }

  #end({ state, seconds }: TaskEnd): RestingState {
    this.#state = state;
    this.#run = undefined;
    this.#parts.logger.info({ end: state, seconds }, 'the run has ended for this client');
    this.#parts.tellEvent(this.#lastEvent(state));
    if (!(this.#isLeaving && state.phase === 'idle')) this.#reporter.ended(state, seconds);
    return state;
  }

  async #knownIdentity(): Promise<ClientIdentity> {
    const { identity } = this.#settings;
    this.#identity ??=
      identity.kind === 'given' ? identity : await this.#parts.loadIdentity(identity.directory);
    return this.#identity;
  }

  #statusIn(state: TaskState): ClientStatus {
    const { taskId, clientName } = this.#settings;
    return clientStatusOf(state, { taskId, clientName, ...this.#facts });
  }

  #target(): RunTarget {
    return { version: this.#facts.nextVersion, rounds: this.#facts.rounds };
  }

  #lastEvent(state: RestingState): RuntimeEvent {
    switch (state.phase) {
      case 'finished':
        return completed(this.#target());
      case 'failed':
        return failed(state.code, state.message);
      case 'idle':
        return failed('aborted', 'the training was stopped');
    }
  }

  #origin() {
    if (this.#identity === undefined) return undefined;
    const { taskId, clientName } = this.#settings;
    return { taskId, clientName, clientId: this.#identity.clientId, ...this.#facts };
  }
}

/** What a task has learnt. */
interface Facts {
  clientMac: string | null;
  serverAddress: string | null;
  nextVersion: number;
  rounds: number;
  runId: RunId | null;
}
