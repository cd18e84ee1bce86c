import type { Command } from 'commander';
import { addSettings } from '../config/add-settings.js';
import { CONNECTION_SETTINGS } from '../config/connection-settings.js';

/** A command below `parent` with the flags that name a server manager. */
export function managingCommand(parent: Command, name: string, description: string): Command {
  return addSettings(parent.command(name).description(description), CONNECTION_SETTINGS);
}
