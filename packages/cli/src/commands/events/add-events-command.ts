import type { ManagedRun } from '@fedops/shared-types';
import type { Command } from 'commander';
import type { Call } from '../../call.js';
import type { CommandContext } from '../../context.js';
import { followRun, isOver, type RunNews } from '../../manager-api/follow-run.js';
import type { ManagerLine } from '../../manager-api/manager-line.js';
import { managing } from '../../manager-api/managing.js';
import { managingCommand } from '../../manager-api/managing-command.js';
import { meantRun } from '../runs/meant-run.js';
import { type EventLine, lineOfEvent, lineOfPastRound, lineOfRun } from './event-line.js';

/** `fedops events [RUN]`. */
export function addEventsCommand(program: Command, context: CommandContext): void {
  managingCommand(program, 'events', 'what happens to a run, one line of JSON each, until it is over')
    .argument('[run]', 'the newest run where none is named')
    .option('--task <task>', 'the newest of this task')
    .option('--after <id>', 'go on after the event of this eventId; 0 for before the first')
    .action(
      managing(context, async (call, manager) => {
        const { args, flags } = call;
        const run = await meantRun(manager, args[0], flags.task as string | undefined, context.signal);
        await tellEvents(call, manager, run);
      }),
    );
}

async function tellEvents(
  { context, output, flags }: Call,
  manager: ManagerLine,
  run: ManagedRun,
): Promise<void> {
  const { clock, signal } = context;
  const lines = { taskId: run.taskId, rounds: run.settings.rounds };
  // Lines of JSON whether asked for or not: that is what the command is for.
  const say = (line: EventLine) => output.item(line, (one) => JSON.stringify(one));
  const hear = (news: RunNews) =>
    say(news.kind === 'run' ? lineOfRun(news.run) : lineOfEvent(lines, news.event));
  if (isOver(run)) await tellPast(manager, run, signal, say);
  const after = flags.after as string | undefined;
  await followRun({ manager, clock, hear }, run, { signal, ...(after !== undefined && { after }) });
}

/** Of a run that is over, the rounds as they were seen last: when each of them happened is not known any more. */
async function tellPast(
  { api }: ManagerLine,
  { runId, taskId, settings, state }: ManagedRun,
  signal: AbortSignal,
  say: (line: EventLine) => void,
): Promise<void> {
  const view = await api.viewRun(runId, { signal }).catch(() => undefined);
  for (const record of view?.history ?? []) {
    say(lineOfPastRound({ taskId, runId, rounds: settings.rounds }, record, state.since));
  }
}
