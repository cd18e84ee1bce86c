import type { Command } from 'commander';
import { calling } from '../../call.js';
import { addSettings } from '../../config/add-settings.js';
import type { CommandContext } from '../../context.js';
import { addStopOnEof } from '../../service/stop-on-eof.js';
import { CLIENT_MANAGER_SETTINGS } from './client-manager-settings.js';

export function addClientManagerCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('client-manager')
    .description('run a client manager: registers this device and starts its client app, run by run');
  addSettings(command, CLIENT_MANAGER_SETTINGS);
  addStopOnEof(command).action(
    calling(context, async (call) => {
      const { runClientManager } = await import('./run-client-manager.js');
      await runClientManager(call);
    }),
  );
}
