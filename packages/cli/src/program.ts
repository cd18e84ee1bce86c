import { Command } from 'commander';
import { addClientCommand } from './commands/client/add-client-command.js';
import { addClientManagerCommand } from './commands/client-manager/add-client-manager-command.js';
import { addCompletionCommand } from './commands/completion/add-completion-command.js';
import { addDeviceCommand } from './commands/devices/add-device-command.js';
import { addDoctorCommand } from './commands/doctor/add-doctor-command.js';
import { addEventsCommand } from './commands/events/add-events-command.js';
import { addManagerCommand } from './commands/manager/add-manager-command.js';
import { addModelCommand } from './commands/models/add-model-command.js';
import { addRunCommand } from './commands/runs/add-run-command.js';
import { addServerCommand } from './commands/server/add-server-command.js';
import { addTaskCommand } from './commands/tasks/add-task-command.js';
import { addWhyCommand } from './commands/why/add-why-command.js';
import type { CommandContext } from './context.js';
import { ownVersion } from './own-version.js';

/** In the order in which the help lists them. */
const ADD_COMMANDS = [
  addManagerCommand,
  addClientManagerCommand,
  addServerCommand,
  addClientCommand,
  addTaskCommand,
  addRunCommand,
  addDeviceCommand,
  addModelCommand,
  addWhyCommand,
  addEventsCommand,
  addDoctorCommand,
  addCompletionCommand,
];

/** The command line with all its commands; `runProgram` runs it. */
export function createProgram(context: CommandContext): Command {
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
  for (const addCommand of ADD_COMMANDS) addCommand(program, context);
  return program;
}
