import { FedOpsError } from '@fedops/shared-types';
import { type Command, CommanderError } from 'commander';
import type { CommandContext } from './context.js';
import { BadOutcome } from './output/bad-outcome.js';
import { EXIT_BAD_OUTCOME, EXIT_OK, EXIT_USAGE, exitCodeOf } from './output/exit-codes.js';
import { LostOutput } from './output/lost-output.js';
import { reportError } from './output/report-error.js';
import { createProgram } from './program.js';

/**
 * Runs a command line.
 *
 * @param args Without the program's own name.
 * @returns The exit code. Never rejects: errors are told on standard error.
 */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  const program = await createProgram(context, args);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT_OK;
  } catch (cause) {
    // That the command gave up is no news to whoever took its output away.
    if (context.signal.reason instanceof LostOutput) return EXIT_OK;
    if (cause instanceof BadOutcome) return EXIT_BAD_OUTCOME;
    const format =
      program.opts<{ json?: boolean }>().json === true || args.includes('--json') ? 'json' : 'text';
    if (!(cause instanceof CommanderError)) {
      const error = FedOpsError.from(cause);
      reportError(error, format, context.stderr);
      return exitCodeOf(error.code);
    }
    if (cause.exitCode === 0) return EXIT_OK;
    if (cause.code === 'commander.help') return EXIT_USAGE;
    reportError(
      new FedOpsError('invalid-argument', cause.message.replace(/^error: /, '')),
      format,
      context.stderr,
    );
    if (format === 'text') context.stderr.write(`${usageOf(commandOf(program, args))}\n`);
    return EXIT_USAGE;
  }
}

/** The command that the words name, as far as there is one. */
function commandOf(program: Command, args: readonly string[]): Command {
  let command = program;
  for (const word of args) {
    command = command.commands.find((one) => one.name() === word || one.aliases().includes(word)) ?? command;
  }
  return command;
}

function usageOf(command: Command): string {
  const usage = command.createHelp().commandUsage(command);
  return `usage: ${usage}\nMore: ${usage.split(' [')[0]} --help`;
}
