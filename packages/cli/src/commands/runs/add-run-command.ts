import { timeText } from '@fedops/run-reader';
import type { ManagedRun } from '@fedops/shared-types';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { managing } from '../../manager-api/managing.js';
import { managingCommand } from '../../manager-api/managing-command.js';
import { table } from '../../output/table.js';
import { meantRun } from './meant-run.js';
import { addRunFlags, runSettingsOf } from './run-flags.js';
import { runText, stateText } from './run-words.js';
import { watchRun } from './watch-run.js';

/** `fedops run start|stop|list|show|watch|log`. */
export function addRunCommand(program: Command, context: CommandContext): void {
  const { signal, clock } = context;
  const run = program.command('run').description('start, stop and follow runs of a task');

  addRunFlags(managingCommand(run, 'start', 'start a run; what no flag says is as the task says'))
    .argument('<task>')
    .option('--watch', 'follow it to its end')
    .action(
      managing(context, async (call, manager) => {
        const { args, flags, output } = call;
        const started = await manager.api.startRun(args[0]!, runSettingsOf(flags), { signal });
        if (flags.watch === true) await watchRun(call, manager, started);
        else
          output.result(
            started,
            () => `run ${started.runId} begins\nfollow it: fedops run watch ${started.runId}`,
          );
      }),
    );

  managingCommand(run, 'stop', 'end a run as failed; one that is over stays as it is')
    .argument('<run>')
    .option('--message <text>', 'why, for those who ask later')
    .action(
      managing(context, async ({ args, flags, output }, { api }) => {
        const stopped = await api.stopRun(args[0]!, flags.message as string | undefined, { signal });
        output.result(stopped, (one) => `run ${one.runId} is ${stateText(one)}`);
      }),
    );

  managingCommand(run, 'list', 'the runs, newest first')
    .option('--task <task>', 'of this task alone')
    .option('--limit <n>', 'at most so many', '50')
    .action(
      managing(context, async ({ flags, output }, { api }) => {
        const taskId = flags.task as string | undefined;
        const options = { limit: Number(flags.limit), signal, ...(taskId !== undefined && { taskId }) };
        output.result(await api.listRuns(options), runTable);
      }),
    );

  managingCommand(run, 'show', 'one run, or the newest')
    .argument('[run]')
    .option('--task <task>', 'the newest of this task')
    .action(
      managing(context, async ({ args, flags, output }, manager) => {
        const shown = await meantRun(manager, args[0], flags.task as string | undefined, signal);
        output.result(shown, (one) => runText(one, clock.now()));
      }),
    );

  managingCommand(run, 'watch', 'follow a run to its end, or the newest; exits with 1 where it fails')
    .argument('[run]')
    .option('--task <task>', 'the newest of this task')
    .action(
      managing(context, async (call, manager) => {
        const { args, flags } = call;
        const watched = await meantRun(manager, args[0], flags.task as string | undefined, signal);
        await watchRun(call, manager, watched);
      }),
    );

  managingCommand(run, 'log', "the end of the log of a run's FL server")
    .argument('<run>')
    .option('--bytes <n>', 'at most so many', '65536')
    .action(
      managing(context, async ({ args, flags, output }, manager) => {
        const path = `/v1/runs/${encodeURIComponent(args[0]!)}/log?bytes=${encodeURIComponent(String(flags.bytes))}`;
        const answer = await manager.ask({ path, signal });
        const log = await answer.text();
        output.result({ runId: args[0], log }, () => log);
      }),
    );
}

function runTable(runs: readonly ManagedRun[]): string {
  if (runs.length === 0) return 'no runs';
  return table(runs, [
    { title: 'run', cell: ({ runId }) => runId },
    { title: 'task', cell: ({ taskId }) => taskId },
    { title: 'state', cell: stateText },
    { title: 'since', cell: ({ state }) => timeText(state.since) },
    { title: 'rounds', cell: ({ settings }) => String(settings.rounds), align: 'right' },
    { title: 'by', cell: ({ startedBy }) => startedBy },
  ]);
}
