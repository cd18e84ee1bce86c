import type { Command } from 'commander';
import { calling } from '../../call.js';
import { addSettings } from '../../config/add-settings.js';
import type { CommandContext } from '../../context.js';
import { DEV_SETTINGS } from './dev-settings.js';

export function addDevCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('dev')
    .description('a whole federation on this machine: trains a first model, then says how to join');
  addSettings(command, DEV_SETTINGS).action(
    calling(context, async (call) => {
      const { runDev } = await import('./run-dev.js');
      await runDev(call);
    }),
  );
}
