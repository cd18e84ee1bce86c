import { systemClock } from '@fedops/client-session';
import type { CommandContext } from './context.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** This process. The first SIGINT or SIGTERM aborts the signal; a second one ends the process at once, with code 130. */
export function nodeContext(): CommandContext {
  const ending = new AbortController();
  const end = () => {
    if (ending.signal.aborted) process.exit(130);
    ending.abort();
  };
  for (const signal of SIGNALS) process.on(signal, end);
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
