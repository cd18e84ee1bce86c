import type { Logger } from '@fedops/http-service';
import type { Clock, Timer } from '@fedops/server';
import { FedOpsError, type ManagedRun, type TaskId } from '@fedops/shared-types';
import type { DeviceDesk } from '../devices/device-desk.js';
import type { StoredTask } from '../store/store.js';
import type { TaskDesk } from '../tasks/task-desk.js';
import type { Topic } from '../topic.js';
import { isListed } from './chosen-clients.js';
import type { RunDesk } from './run-desk.js';
import { isOver } from './run-state.js';
import { type CronTrigger, timeAfter } from './schedule.js';

export interface TriggerParts {
  readonly tasks: TaskDesk;
  readonly devices: DeviceDesk;
  readonly runs: RunDesk;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly taskChanged: Topic<TaskId>;
  readonly runChanged: Topic<TaskId>;
  readonly becameReady: Topic<TaskId>;
}

/** Starts runs on schedule, and when enough devices are ready. A time that passed while no manager ran is not made up for. */
export interface Triggers {
  close(): void;
}

/** A run that cannot be started is not tried again before so long. */
const TRY_AGAIN_MS = 60_000;
/** A timer hears nothing of a clock that is set, so the time is looked at so often. */
const LOOK_EVERY_MS = 60_000;

/** Of a schedule, by the time of day. */
interface ScheduleTimes {
  readonly next: number;
  /** At which it last started a run. */
  readonly last: number | undefined;
}

export function startTriggers(parts: TriggerParts): Triggers {
  const { tasks, devices, runs, clock, logger, taskChanged, runChanged, becameReady } = parts;
  const timers = new Map<TaskId, Timer>();
  const times = new Map<TaskId, ScheduleTimes>();
  const starting = new Set<TaskId>();

  async function start(taskId: TaskId, startedBy: ManagedRun['startedBy']): Promise<void> {
    if (starting.has(taskId)) return;
    starting.add(taskId);
    try {
      await runs.start(taskId, {}, startedBy);
    } catch (error) {
      const { code, message } = FedOpsError.from(error);
      logger.warn({ taskId, code, startedBy }, `no run was started: ${message}`);
      if (startedBy === 'devices-ready') wake(taskId, TRY_AGAIN_MS);
    } finally {
      starting.delete(taskId);
    }
  }

  function wake(taskId: TaskId, ms: number): void {
    timers.get(taskId)?.cancel();
    timers.set(
      taskId,
      clock.after(ms, () => consider(taskId, 'timer')),
    );
  }

  function consider(taskId: TaskId, because: 'timer' | 'change'): void {
    const task = tasks.list().find((one) => one.taskId === taskId);
    const trigger = task?.trigger ?? { kind: 'manual' };
    switch (trigger.kind) {
      case 'manual':
        forget(taskId);
        break;
      case 'cron': {
        const { next, last } = times.get(taskId) ?? {};
        const isDue = because === 'timer' && next !== undefined && clock.now() >= next;
        if (isDue) void start(taskId, 'cron');
        waitForSchedule(taskId, trigger, isDue ? next : last);
        break;
      }
      case 'devices-ready':
        void considerDevices(tasks.get(taskId), trigger).catch((error: unknown) => {
          logger.warn({ err: error, taskId }, 'whether devices are ready could not be found out');
        });
    }
  }

  function waitForSchedule(taskId: TaskId, trigger: CronTrigger, last: number | undefined): void {
    const now = clock.now();
    const next = timeAfter(trigger, now, last);
    if (next === undefined) {
      forget(taskId);
      return;
    }
    times.set(taskId, { next, last });
    wake(taskId, Math.min(LOOK_EVERY_MS, Math.max(1, next - now)));
  }

  async function considerDevices(
    { taskId, initialModel, run }: StoredTask,
    { devices: needed, pauseMs }: { readonly devices: number; readonly pauseMs: number },
  ): Promise<void> {
    if (initialModel === null || starting.has(taskId) || runs.active(taskId) !== undefined) return;
    const ready = devices
      .list(taskId)
      .filter((device) => devices.isReady(device) && isListed(run.clients, device)).length;
    if (ready < needed) return;
    const [last] = await runs.list({ taskId, limit: 1 });
    const pauseEnds = last === undefined || !isOver(last) ? 0 : Date.parse(last.state.since) + pauseMs;
    if (pauseEnds > clock.now()) wake(taskId, pauseEnds - clock.now());
    else await start(taskId, 'devices-ready');
  }

  function forget(taskId: TaskId): void {
    timers.get(taskId)?.cancel();
    timers.delete(taskId);
    times.delete(taskId);
  }

  const isForDevices = (taskId: TaskId) =>
    tasks.list().some((task) => task.taskId === taskId && task.trigger.kind === 'devices-ready');
  const considerForDevices = (taskId: TaskId) => {
    if (isForDevices(taskId)) consider(taskId, 'change');
  };
  const unsubscribe = [
    taskChanged.subscribe((taskId) => consider(taskId, 'change')),
    runChanged.subscribe(considerForDevices),
    becameReady.subscribe(considerForDevices),
  ];
  for (const { taskId } of tasks.list()) consider(taskId, 'change');

  return {
    close() {
      for (const stop of unsubscribe) stop();
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}
