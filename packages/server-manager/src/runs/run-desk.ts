import type { Logger } from '@fedops/http-service';
import type { Clock } from '@fedops/server';
import {
  FedOpsError,
  type ManagedRun,
  parseWith,
  type RunId,
  type RunRequest,
  RunRequestSchema,
  RunSettingsSchema,
  type TaskId,
} from '@fedops/shared-types';
import type { DeviceDesk } from '../devices/device-desk.js';
import type { Launcher } from '../launcher/launcher.js';
import type { ServerAddresses } from '../launcher/server-addresses.js';
import type { ModelRegistry } from '../models/model-registry.js';
import { oneAtATime } from '../one-at-a-time.js';
import { hashOf, newToken } from '../secrets.js';
import type { RunQuery, RunRows, StoredRun } from '../store/store.js';
import type { TaskDesk } from '../tasks/task-desk.js';
import type { Topic } from '../topic.js';
import { chosenClients } from './chosen-clients.js';
import type { PortRange } from './port-range.js';
import { foundAgain, isOver, starting } from './run-state.js';
import { createSupervisor, type Supervisor } from './supervisor.js';

/** The runs of all tasks. */
export interface RunDesk {
  /**
   * Begins a run from the newest version, or from the initial model.
   *
   * @throws {FedOpsError} `conflict` where a run of the task goes on or the task has no initial model; `unsupported`
   *   for a task whose FL server is not the manager's; `not-found`, `unsupported` for listed clients as
   *   `chosenClients` has it; `overloaded` where all ports are used; `invalid-argument`, `storage`.
   */
  start(taskId: TaskId, request: RunRequest, startedBy: ManagedRun['startedBy']): Promise<StoredRun>;
  /** Ends a run as failed; one that is over stays as it is. @throws {FedOpsError} `not-found` */
  stop(runId: RunId, message: string): Promise<StoredRun>;
  /** @throws {FedOpsError} `not-found`, `storage` */
  get(runId: RunId): Promise<StoredRun>;
  /** Undefined where there is no such run. @throws {FedOpsError} `storage` */
  find(runId: RunId): Promise<StoredRun | undefined>;
  /** A run that goes on or ended lately, without a look into the store. */
  known(runId: RunId): StoredRun | undefined;
  /** The task's run that goes on. */
  active(taskId: TaskId): StoredRun | undefined;
  /** The task's newest run, as far as this manager has followed it. */
  latest(taskId: TaskId): StoredRun | undefined;
  list(query: RunQuery): Promise<readonly StoredRun[]>;
  /** Where an FL server is asked by this manager; undefined while it takes no requests. */
  serverUrl(runId: RunId): string | undefined;
  /**
   * Reads the runs that an earlier manager left.
   *
   * @returns How to go on with them: it looks for their FL servers.
   */
  recover(): Promise<() => void>;
  /** Ends all runs; resolves when their FL servers are gone, or after so many milliseconds. */
  stopAll(message: string, withinMs: number): Promise<void>;
  close(): void;
}

export interface RunDeskParts {
  readonly rows: RunRows;
  readonly tasks: TaskDesk;
  readonly devices: Pick<DeviceDesk, 'list'>;
  readonly models: ModelRegistry;
  readonly launcher: Launcher;
  readonly ports: PortRange;
  /** For doors for Flower's clients; undefined where FL servers have none. */
  readonly flowerPorts: PortRange | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of each task whose run has changed. */
  readonly changed: Topic<TaskId>;
}

/** How many runs that are over are remembered without a look into the store. */
const MOST_REMEMBERED = 500;

export function createRunDesk(parts: RunDeskParts, addresses: ServerAddresses): RunDesk {
  const { rows, tasks, devices, models, ports, flowerPorts, clock, logger, changed } = parts;
  const supervisors = new Map<RunId, Supervisor>();
  const activeOf = new Map<TaskId, RunId>();
  const latestOf = new Map<TaskId, RunId>();
  const inOrder = oneAtATime();

  function supervise(run: StoredRun, previous: Promise<void>): Supervisor {
    const supervisor = createSupervisor({ ...parts, previous }, run, {
      addresses,
      changed(now) {
        if (isOver(now) && activeOf.get(now.taskId) === now.runId) activeOf.delete(now.taskId);
        changed.publish(now.taskId);
      },
    });
    supervisors.set(run.runId, supervisor);
    latestOf.set(run.taskId, run.runId);
    if (!isOver(run)) activeOf.set(run.taskId, run.runId);
    forgetOldest();
    return supervisor;
  }

  function forgetOldest(): void {
    for (const [runId, supervisor] of supervisors) {
      if (supervisors.size <= MOST_REMEMBERED) return;
      if (supervisor.isDone()) supervisors.delete(runId);
    }
  }

  /** Resolves when no FL server of an earlier run works in the task's data directory any more. */
  function previousGone(taskId: TaskId): Promise<void> {
    const earlier = [...supervisors.values()].filter((one) => one.run().taskId === taskId);
    return Promise.all(earlier.map(({ gone }) => gone)).then(() => undefined);
  }

  function runIn(index: ReadonlyMap<TaskId, RunId>, taskId: TaskId): StoredRun | undefined {
    const runId = index.get(taskId);
    return runId === undefined ? undefined : supervisors.get(runId)?.run();
  }

  const active = (taskId: TaskId) => runIn(activeOf, taskId);

  const find = async (runId: RunId) => supervisors.get(runId)?.run() ?? (await rows.get(runId));

  async function get(runId: RunId): Promise<StoredRun> {
    const run = await find(runId);
    if (run === undefined) throw new FedOpsError('not-found', `there is no run ${runId}`);
    return run;
  }

  return {
    get,
    find,
    active,
    latest: (taskId) => runIn(latestOf, taskId),
    known: (runId) => supervisors.get(runId)?.run(),
    list: (query) => rows.list(query),
    serverUrl: (runId) => supervisors.get(runId)?.serverUrl(),

    start: (taskId, given, startedBy) =>
      inOrder(async () => {
        const request = parseWith(RunRequestSchema, given, 'request for a run');
        const task = tasks.get(taskId);
        if (task.server.kind === 'external') {
          throw new FedOpsError('unsupported', `the FL server of task ${taskId} is started by somebody else`);
        }
        if (task.initialModel === null) {
          throw new FedOpsError('conflict', `task ${taskId} has no initial model yet; upload it first`);
        }
        const goesOn = active(taskId);
        if (goesOn !== undefined) {
          throw new FedOpsError('conflict', `run ${goesOn.runId} of task ${taskId} goes on`, {
            details: { runId: goesOn.runId },
          });
        }
        const settings = parseWith(RunSettingsSchema, { ...task.run, ...request }, 'settings of the run');
        const clients = chosenClients(taskId, settings.clients, devices.list(taskId));
        const newest = await models.takeIn(taskId);
        const now = clock.now();
        const token = newToken();
        const held = await rows.unfinished();
        const run = await rows.begin({
          taskId,
          settings: { ...settings, clients },
          baseVersion: newest?.version ?? 0,
          startedBy,
          createdAt: new Date(now).toISOString(),
          restarts: 0,
          standstills: 0,
          state: starting(now),
          port: await ports.free(held.map(({ port }) => port)),
          flowerPort: (await flowerPorts?.free(held.map(({ flowerPort }) => flowerPort))) ?? null,
          tokenHash: hashOf(token),
        });
        logger.info({ runId: run.runId, taskId, port: run.port, startedBy }, 'a run begins');
        const supervisor = supervise(run, previousGone(taskId));
        supervisor.launch(token);
        changed.publish(taskId);
        return run;
      }),

    async stop(runId, message) {
      const supervisor = supervisors.get(runId);
      return supervisor === undefined ? get(runId) : supervisor.stop(message);
    },

    async recover() {
      const left = (await rows.unfinished()).map((run) =>
        supervise(foundAgain(run, clock.now()), Promise.resolve()),
      );
      return () => {
        for (const supervisor of left) {
          const { runId, taskId, state } = supervisor.run();
          logger.info({ runId, taskId, status: state.status }, 'looking for an FL server');
          supervisor.find();
        }
      };
    },

    async stopAll(message, withinMs) {
      const all = [...supervisors.values()];
      await Promise.all(all.map((supervisor) => supervisor.stop(message)));
      await new Promise<void>((resolve) => {
        const timer = clock.after(withinMs, resolve);
        void Promise.all(all.map(({ gone }) => gone)).then(() => {
          timer.cancel();
          resolve();
        });
      });
    },

    close() {
      for (const supervisor of supervisors.values()) supervisor.close();
    },
  };
}
