import type { Command } from 'commander';
import { calling } from '../../call.js';
import { addSettings } from '../../config/add-settings.js';
import type { CommandContext } from '../../context.js';
import { addStopOnEof } from '../../service/stop-on-eof.js';
import { MANAGER_SETTINGS } from './manager-settings.js';

export function addManagerCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('manager')
    .description('run a server manager: tasks, devices, runs, models');
  addSettings(command, MANAGER_SETTINGS);
  addStopOnEof(command).action(
    calling(context, async (call) => {
      const { runManager } = await import('./run-manager.js');
      await runManager(call);
    }),
  );
}
