import { Command } from 'commander';
import { commandsFor } from './commands/all-commands.js';
import type { CommandContext } from './context.js';
import { ownVersion } from './own-version.js';

/**
 * The command line with the commands that these words can mean, or with all of them; `runProgram` runs it.
 *
 * @param args Without the program's own name.
 */
export async function createProgram(context: CommandContext, args: readonly string[] = []): Promise<Command> {
  const program = new Command('fedops')
    .description('Federated learning operations: from one federation on this machine to a fleet.')
    .version(ownVersion(), '-V, --version')
    .option('--json', 'answer in JSON: one document, or one line for each event')
    .option('--config <path>', 'configuration file (default: fedops.yaml or fedops.json of this directory)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
    })
    .exitOverride();
  for (const addCommand of await commandsFor(args)) addCommand(program, context);
  return program;
}
