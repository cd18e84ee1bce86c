import { systemClock } from '@fedops/client-session';
import type { CommandContext } from './context.js';
import { LostOutput } from './output/lost-output.js';

/** The last is of a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * This process. The first SIGINT, SIGTERM or SIGHUP aborts the signal, and so does a standard output that takes no more,
 * with a `LostOutput`; a second signal ends the process at once, with code 130.
 */
export function nodeContext(): CommandContext {
  const ending = new AbortController();
  const end = () => {
    if (ending.signal.aborted) process.exit(130);
    ending.abort();
  };
  for (const signal of SIGNALS) process.on(signal, end);
  process.stdout.on('error', (cause) => ending.abort(new LostOutput('standard output', { cause })));
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    inputEnded: () =>
      new Promise((resolve) => {
        for (const end of ['end', 'close', 'error']) process.stdin.once(end, () => resolve());
        process.stdin.resume();
      }),
    fetch,
    signal: ending.signal,
  };
}
