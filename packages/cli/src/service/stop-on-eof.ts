import type { Command } from 'commander';

/** For services that a parent process holds: they end when it is gone, however it went. */
export function addStopOnEof(command: Command): Command {
  return command.option(
    '--stop-on-eof',
    'end when standard input ends, as it does when the parent process is gone',
  );
}
