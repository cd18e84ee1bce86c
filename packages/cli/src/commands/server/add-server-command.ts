import type { Command } from 'commander';
import { calling } from '../../call.js';
import { addSettings } from '../../config/add-settings.js';
import type { CommandContext } from '../../context.js';
import { addStopOnEof } from '../../service/stop-on-eof.js';
import { addRunFlags } from '../runs/run-flags.js';
import { SERVER_SETTINGS } from './server-settings.js';

export function addServerCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('server')
    .description('run the FL server of one run, without a server manager');
  addRunFlags(addSettings(command, SERVER_SETTINGS));
  addStopOnEof(command).action(
    calling(context, async (call) => {
      const { runServer } = await import('./run-server.js');
      await runServer(call);
    }),
  );
}
