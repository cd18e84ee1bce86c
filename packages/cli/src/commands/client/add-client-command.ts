import type { Command } from 'commander';
import { calling } from '../../call.js';
import { addSettings } from '../../config/add-settings.js';
import type { CommandContext } from '../../context.js';
import { addStopOnEof } from '../../service/stop-on-eof.js';
import { CLIENT_SETTINGS } from './client-settings.js';

export function addClientCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('client')
    .description('run a client app: trains on this device when its manager says so')
    .argument('[words...]', 'further words of --command, after --');
  addSettings(command, CLIENT_SETTINGS);
  addStopOnEof(command).action(
    calling(context, async (call) => {
      const { runClient } = await import('./run-client.js');
      await runClient(call);
    }),
  );
}
