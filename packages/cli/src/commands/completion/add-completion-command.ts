import { Argument, type Command } from 'commander';
import { calling } from '../../call.js';
import { connectionOf } from '../../config/connection.js';
import type { CommandContext } from '../../context.js';
import { openManagerLine } from '../../manager-api/manager-line.js';
import { printable } from '../../output/printable.js';
import { completionsFor } from './completions-for.js';
import { knownIds } from './known-ids.js';
import { SHELL_SCRIPTS, SHELLS, type Shell } from './shell-scripts.js';

/** What a shell need not quote: ids are free text of other machines, and what needs quoting is not offered. */
const PLAIN = /^[\w@%+,./-]+$/;

/** `fedops completion bash|zsh|fish|powershell`, and the hidden `fedops complete` that those scripts ask. */
export function addCompletionCommand(program: Command, context: CommandContext): void {
  program
    .command('completion')
    .description('a script that completes commands, options and ids in a shell')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action(
      calling(context, async ({ args, output }) => {
        const shell = args[0] as Shell;
        output.result({ shell, script: SHELL_SCRIPTS[shell] }, ({ script }) => script);
      }),
    );

  program
    .command('complete', { hidden: true })
    .argument('[words...]', 'those typed so far, the last one as far as it is typed')
    .option('--new-word', 'the last word is yet to begin')
    .action(
      calling(context, async (call) => {
        const { args, flags } = call;
        const words = flags.newWord === true || args.length === 0 ? [...args, ''] : args;
        const { candidates, files, ids } = completionsFor(program, words);
        const managerOf = async () => openManagerLine(context, await connectionOf(call));
        const known = ids === undefined ? [] : await knownIds(managerOf, ids, context.signal);
        const last = words.at(-1) ?? '';
        const offered = [...candidates, ...known.filter(({ value }) => value.startsWith(last))];
        for (const { value, description } of offered) {
          if (PLAIN.test(value)) context.stdout.write(`${value}\t${printable(description)}\n`);
        }
        if (files) context.stdout.write(':files\n');
      }),
    );
}
