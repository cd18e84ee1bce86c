import { type Command, Option } from 'commander';
import type { Settings } from './setting.js';

/** Gives the command a flag for each setting. */
export function addSettings(command: Command, settings: Settings): Command {
  for (const [name, { flags, help, env, isList }] of Object.entries(settings)) {
    const option = new Option(flags, env === undefined ? help : `${help} (env: ${env})`);
    if (option.attributeName() !== name) throw new TypeError(`${flags} is not the flag of ${name}`);
    if (isList === true) option.argParser<string[]>((word, before) => [...(before ?? []), word]);
    command.addOption(option);
  }
  return command;
}
