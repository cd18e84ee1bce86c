import type { Command } from 'commander';
import type { CommandContext } from '../context.js';

/** Adds a command, or several that belong together. */
export type AddCommand = (program: Command, context: CommandContext) => void;

/** All commands by name, in the order in which the help lists them. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  dev: async () => (await import('./dev/add-dev-command.js')).addDevCommand,
  manager: async () => (await import('./manager/add-manager-command.js')).addManagerCommand,
  'client-manager': async () =>
    (await import('./client-manager/add-client-manager-command.js')).addClientManagerCommand,
  server: async () => (await import('./server/add-server-command.js')).addServerCommand,
  client: async () => (await import('./client/add-client-command.js')).addClientCommand,
  task: async () => (await import('./tasks/add-task-command.js')).addTaskCommand,
  run: async () => (await import('./runs/add-run-command.js')).addRunCommand,
  device: async () => (await import('./devices/add-device-command.js')).addDeviceCommand,
  model: async () => (await import('./models/add-model-command.js')).addModelCommand,
  why: async () => (await import('./why/add-why-command.js')).addWhyCommand,
  events: async () => (await import('./events/add-events-command.js')).addEventsCommand,
  doctor: async () => (await import('./doctor/add-doctor-command.js')).addDoctorCommand,
  completion: async () => (await import('./completion/add-completion-command.js')).addCompletionCommand,
};

/** These look at all the others. */
const LOOKING_AT_ALL = ['completion', 'complete'];

/**
 * The commands that a command line can mean: those that its words name, else all of them. A service starts in a third
 * of the time where the others are not loaded along.
 */
export async function commandsFor(args: readonly string[]): Promise<readonly AddCommand[]> {
  const names = Object.keys(COMMANDS);
  const named = args.some((word) => LOOKING_AT_ALL.includes(word))
    ? names
    : names.filter((name) => args.includes(name));
  const commands: AddCommand[] = [];
  // One after the other: most of what they load is common, and loading it once is all the work there is.
  for (const name of named.length === 0 ? names : named) commands.push(await COMMANDS[name]!());
  return commands;
}
