import type { Command } from 'commander';
import { type ConfigFile, loadConfigFile } from './config/config-file.js';
import type { CommandContext } from './context.js';
import { createOutput, type Output } from './output/output.js';

/** A command that was called. */
export interface Call {
  readonly context: CommandContext;
  readonly output: Output;
  /** As they were given, in order. */
  readonly args: readonly string[];
  /** By camel-case names, those of the commands above included. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** @throws {FedOpsError} as `loadConfigFile`. */
  config(): Promise<ConfigFile>;
}

/**
 * The action of a command. What the work throws ends the command: `runProgram` says so and turns its code into the
 * exit code.
 */
export function calling(
  context: CommandContext,
  work: (call: Call) => Promise<void>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const flags = command.optsWithGlobals<Record<string, unknown>>();
    let config: Promise<ConfigFile> | undefined;
    await work({
      context,
      output: createOutput(context, flags.json === true ? 'json' : 'text'),
      args: command.args,
      flags,
      config: () => (config ??= loadConfigFile(context, flags.config as string | undefined)),
    });
  };
}
