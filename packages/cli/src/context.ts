import type { Environment } from '@fedops/client-api';
import type { Clock } from '@fedops/client-session';

/** Where text goes: standard output or standard error, or a test's ear. */
export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width in characters, where it is a terminal. */
  readonly columns?: number;
}

/** All that a command touches outside itself. */
export interface CommandContext {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly env: Environment;
  /** Absolute; relative paths start here. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Resolves when standard input has ended: whoever held its other end is gone. */
  readonly inputEnded: () => Promise<void>;
  readonly fetch: typeof fetch;
  /** Aborts when the command is to end: Ctrl-C, SIGTERM, a closed terminal, or nobody to hear what it says (`LostOutput`). */
  readonly signal: AbortSignal;
}
