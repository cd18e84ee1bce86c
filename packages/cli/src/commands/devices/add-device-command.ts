import type { Device } from '@fedops/shared-types';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../../context.js';
import { managing } from '../../manager-api/managing.js';
import { managingCommand } from '../../manager-api/managing-command.js';
import { table } from '../../output/table.js';
import { activityText, presenceText } from './device-words.js';

/** `fedops device list`. */
export function addDeviceCommand(program: Command, context: CommandContext): void {
  const { signal, clock } = context;
  const device = program.command('device').description('the devices that have enrolled');

  managingCommand(device, 'list', 'who is online, stale or offline, and since when')
    .option('--task <task>', 'of this task alone')
    .addOption(new Option('--state <state>', 'in this state alone').choices(['online', 'stale', 'offline']))
    .action(
      managing(context, async ({ flags, output }, { api }) => {
        const devices = await api.listDevices(flags.task as string | undefined, { signal });
        const shown = devices.filter(
          ({ presence }) => flags.state === undefined || presence.state === flags.state,
        );
        output.result(shown, (list) => deviceTable(list, clock.now()));
      }),
    );
}

function deviceTable(devices: readonly Device[], now: number): string {
  if (devices.length === 0) return 'no devices';
  return table(devices, [
    { title: 'device', cell: ({ deviceId }) => deviceId },
    { title: 'task', cell: ({ taskId }) => taskId },
    { title: 'state', cell: (one) => presenceText(one, now) },
    { title: 'at', cell: activityText },
    { title: 'name', cell: ({ name }) => name ?? '' },
  ]);
}
