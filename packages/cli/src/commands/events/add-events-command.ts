import type { ManagedRun } from '@fedops/shared-types';
import type { Command } from 'commander';
import type { Call } from '../../call.js';
import type { CommandContext } from '../../context.js';
import { followRun, type RunNews } from '../../manager-api/follow-run.js';
import type { ManagerLine } from '../../manager-api/manager-line.js';
import { managing } from '../../manager-api/managing.js';
import { managingCommand } from '../../manager-api/managing-command.js';
import { meantRun } from '../runs/meant-run.js';
import { createEventTeller } from './event-teller.js';

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
  const teller = createEventTeller(run);
  // Lines of JSON whether asked for or not: that is what the command is for.
  const hear = (news: RunNews) => {
    for (const line of teller.linesOf(news)) output.item(line, (one) => JSON.stringify(one));
  };
  const after = flags.after as string | undefined;
  await followRun({ manager, clock, hear }, run, { signal, ...(after !== undefined && { after }) });
}
