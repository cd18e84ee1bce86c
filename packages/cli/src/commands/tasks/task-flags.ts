import { FedOpsError, type TaskInput } from '@fedops/shared-types';
import { type Command, Option } from 'commander';
import { addRunFlags, type Flags, runSettingsOf } from '../runs/run-flags.js';

/** Gives a command the flags that describe a task; `taskInputOf` reads them. */
export function addTaskFlags(command: Command): Command {
  command
    .option('--title <text>', 'for people')
    .option('--external <url>', 'somebody else starts its FL server, at this URL')
    .option('--cron <expression>', 'start runs at these times, such as "0 3 * * *"')
    .option('--time-zone <name>', 'of --cron (default: UTC)')
    .option('--devices-ready <n>', 'start a run when so many devices are online and idle')
    .option('--best <metric>', 'the version that is best by this metric is called `best`')
    .addOption(
      new Option('--direction <way>', 'which way --best is better')
        .choices(['maximize', 'minimize'])
        .default('maximize'),
    );
  return addRunFlags(command);
}

/**
 * The task that a file and flags describe together; a flag wins, and of `run` setting by setting. Pure.
 *
 * @param base What the file says.
 * @param taskId As it was named beside the flags.
 * @throws {FedOpsError} `invalid-argument` where nothing names the task, or flags exclude one another.
 */
export function taskInputOf(base: Partial<TaskInput>, taskId: string | undefined, flags: Flags): TaskInput {
  const id = taskId ?? base.taskId;
  if (id === undefined)
    throw new FedOpsError('invalid-argument', 'name the task: as TASK, or as taskId in the file');
  const trigger = triggerOf(flags);
  return {
    ...base,
    taskId: id,
    run: { ...base.run, ...runSettingsOf(flags) },
    ...(typeof flags.title === 'string' && { title: flags.title }),
    ...(typeof flags.external === 'string' && { server: { kind: 'external', url: flags.external } }),
    ...(trigger !== undefined && { trigger }),
    ...(typeof flags.best === 'string' && {
      bestBy: { metric: flags.best, direction: flags.direction as 'maximize' | 'minimize' },
    }),
  };
}

function triggerOf({ cron, timeZone, devicesReady }: Flags): TaskInput['trigger'] {
  if (cron !== undefined && devicesReady !== undefined) {
    throw new FedOpsError('invalid-argument', '--cron and --devices-ready exclude one another');
  }
  if (timeZone !== undefined && cron === undefined) {
    throw new FedOpsError('invalid-argument', '--time-zone needs --cron');
  }
  if (cron !== undefined) {
    return {
      kind: 'cron',
      expression: String(cron),
      ...(timeZone !== undefined && { timeZone: String(timeZone) }),
    };
  }
  return devicesReady === undefined ? undefined : { kind: 'devices-ready', devices: Number(devicesReady) };
}
