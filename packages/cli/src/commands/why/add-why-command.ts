import { FedOpsError, type ManagedRun, type RunView } from '@fedops/shared-types';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import type { ManagerLine } from '../../manager-api/manager-line.js';
import { managing } from '../../manager-api/managing.js';
import { managingCommand } from '../../manager-api/managing-command.js';
import { meantRun } from '../runs/meant-run.js';
import { explainRun } from './explain-run.js';
import { whyText } from './why-text.js';

/** `fedops why [RUN]`. */
export function addWhyCommand(program: Command, context: CommandContext): void {
  const { signal, clock } = context;
  managingCommand(program, 'why', 'what a run waits for, since when, for whom, until when, and what to do')
    .argument('[run]', 'the newest run where none is named')
    .option('--task <task>', 'the newest of this task')
    .action(
      managing(context, async ({ args, flags, output }, manager) => {
        const run = await meantRun(manager, args[0], flags.task as string | undefined, signal);
        const [within, devices] = await Promise.all([
          viewWithin(manager, run, signal),
          manager.api.listDevices(run.taskId, { signal }),
        ]);
        const explained = explainRun({ run, within, devices, now: clock.now() });
        output.result(explained, (one) => whyText(one, clock.now()));
      }),
    );
}

/** What the FL server says, where one should answer. */
async function viewWithin(
  { api }: ManagerLine,
  { runId, state }: ManagedRun,
  signal: AbortSignal,
): Promise<RunView | 'unreachable' | undefined> {
  if (state.status !== 'running') return undefined;
  try {
    return await api.viewRun(runId, { signal });
  } catch (error) {
    // The manager says so in its own words; where it is the manager that is gone, there is no status.
    if (FedOpsError.is(error) && error.code === 'unavailable' && error.details.status !== undefined)
      return 'unreachable';
    throw error;
  }
}
