import type { Clock } from '@fedops/server';
import {
  FedOpsError,
  type InitialModel,
  parseWith,
  RunSettingsSchema,
  type Signature,
  type TaskChanges,
  TaskChangesSchema,
  type TaskId,
  type TaskInput,
  TaskInputSchema,
} from '@fedops/shared-types';
import { assertAddressable } from '../addressable.js';
import { oneAtATime } from '../one-at-a-time.js';
import { assertSchedule } from '../runs/schedule.js';
import type { StoredTask, TaskRows } from '../store/store.js';
import type { Topic } from '../topic.js';
import type { ServerReport } from './server-report.js';

/** The tasks, and the one place where they change. */
export interface TaskDesk {
  /** @throws {FedOpsError} `conflict` where there is such a task, `invalid-argument`, `storage`. */
  create(input: TaskInput): Promise<StoredTask>;
  /** @throws {FedOpsError} `not-found`, `invalid-argument`, `storage`. */
  change(taskId: TaskId, changes: TaskChanges): Promise<StoredTask>;
  setInitialModel(taskId: TaskId, model: InitialModel, signature: Signature): Promise<StoredTask>;
  /** Makes a new report from the one that was; a report that is the same value changes nothing. */
  report(taskId: TaskId, change: (task: StoredTask) => ServerReport | null): Promise<StoredTask>;
  remove(taskId: TaskId): Promise<void>;
  /** @throws {FedOpsError} `not-found` */
  get(taskId: TaskId): StoredTask;
  /** Undefined where there is no such task. */
  find(taskId: TaskId): StoredTask | undefined;
  list(): readonly StoredTask[];
}

export interface TaskDeskParts {
  readonly rows: TaskRows;
  readonly clock: Clock;
  /** Told of each task that is new, changed or gone. */
  readonly changed: Topic<TaskId>;
}

export async function openTaskDesk(
  { rows, clock, changed }: TaskDeskParts,
  { maxTasks }: { readonly maxTasks: number },
): Promise<TaskDesk> {
  const tasks = new Map((await rows.list()).map((task) => [task.taskId, task]));
  const inOrder = oneAtATime();

  function get(taskId: TaskId): StoredTask {
    const task = tasks.get(taskId);
    if (task === undefined) throw new FedOpsError('not-found', `there is no task ${taskId}`);
    return task;
  }

  const replace = (taskId: TaskId, change: (task: StoredTask) => StoredTask) =>
    inOrder(async () => {
      const before = get(taskId);
      const task = change(before);
      if (task === before) return task;
      await rows.replace(task);
      tasks.set(taskId, task);
      changed.publish(taskId);
      return task;
    });

  return {
    get,
    find: (taskId) => tasks.get(taskId),
    list: () => [...tasks.values()].sort((a, b) => (a.taskId < b.taskId ? -1 : 1)),

    create: (input) =>
      inOrder(async () => {
        const { taskId, ...settings } = parseWith(TaskInputSchema, input, 'task');
        assertAddressable('taskId', taskId);
        assertSchedule(settings.trigger);
        if (tasks.has(taskId)) throw new FedOpsError('conflict', `there is a task ${taskId} already`);
        if (tasks.size >= maxTasks) {
          throw new FedOpsError('overloaded', `the manager keeps at most ${maxTasks} tasks`);
        }
        const createdAt = new Date(clock.now()).toISOString();
        const task: StoredTask = {
          taskId,
          ...settings,
          initialModel: null,
          signature: null,
          serverReport: null,
          createdAt,
        };
        await rows.add(task);
        tasks.set(taskId, task);
        changed.publish(taskId);
        return task;
      }),

    change(taskId, given) {
      const { run, title, server, trigger, bestBy } = parseWith(
        TaskChangesSchema,
        given,
        'changes of a task',
      );
      if (trigger !== undefined) assertSchedule(trigger);
      return replace(taskId, (task) => ({
        ...task,
        title: title ?? task.title,
        server: server ?? task.server,
        trigger: trigger ?? task.trigger,
        bestBy: bestBy === undefined ? task.bestBy : bestBy,
        run:
          run === undefined
            ? task.run
            : parseWith(RunSettingsSchema, { ...task.run, ...run }, 'settings of runs'),
      }));
    },

    setInitialModel: (taskId, initialModel, signature) =>
      replace(taskId, (task) => ({ ...task, initialModel, signature })),

    report: (taskId, change) =>
      replace(taskId, (task) => {
        const serverReport = change(task);
        return serverReport === task.serverReport ? task : { ...task, serverReport };
      }),

    remove: (taskId) =>
      inOrder(async () => {
        get(taskId);
        await rows.remove(taskId);
        tasks.delete(taskId);
        changed.publish(taskId);
      }),
  };
}
