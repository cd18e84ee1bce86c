import type { Clock } from '@fedops/client-session';
import type { CommandContext } from '../src/context.js';

/** A context for tests that hears what is said. */
export interface FakeContext extends CommandContext {
  /** What was written so far. */
  said(): { readonly stdout: string; readonly stderr: string };
}

/** Time stands still, and a sleep ends at once. */
const stoppedClock: Clock = {
  now: () => Date.parse('2026-01-02T03:04:05Z'),
  sleep: async (_ms, signal) => signal.throwIfAborted(),
};

export function fakeContext(given: Partial<CommandContext> = {}): FakeContext {
  const heard = { stdout: '', stderr: '' };
  const ear = (name: keyof typeof heard) => ({
    write: (text: string) => {
      heard[name] += text;
    },
  });
  return {
    stdout: ear('stdout'),
    stderr: ear('stderr'),
    env: {},
    cwd: '/nowhere',
    clock: stoppedClock,
    inputEnded: () => new Promise(() => {}),
    fetch: () => Promise.reject(new Error('this test has no network')),
    signal: new AbortController().signal,
    ...given,
    said: () => ({ ...heard }),
  };
}
