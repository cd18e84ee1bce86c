import { FedOpsError } from '@fedops/shared-types';

/** Ctrl-C, and being asked to end. */
export interface StopOnSignals {
  readonly signal: AbortSignal;
  /** 128 and the signal's number, as shells have it; undefined while none came. */
  exitCode(): number | undefined;
  /** What a second signal does, besides ending this process. */
  onSecond(action: () => void): void;
  release(): void;
}

const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
type StopSignal = keyof typeof NUMBERS;

/** Takes SIGINT and SIGTERM: the first aborts, the second ends at once. */
export function stopOnSignals(): StopOnSignals {
  const stopped = new AbortController();
  let exitCode: number | undefined;
  let second = () => {};

  const take = (name: StopSignal) => {
    if (exitCode !== undefined) {
      second();
      process.exit(exitCode);
    }
    exitCode = 128 + NUMBERS[name];
    stopped.abort(new FedOpsError('aborted', `stopped by ${name}`));
  };
  process.on('SIGINT', take);
  process.on('SIGTERM', take);

  return {
    signal: stopped.signal,
    exitCode: () => exitCode,
    onSecond: (action) => {
      second = action;
    },
    release() {
      process.off('SIGINT', take);
      process.off('SIGTERM', take);
    },
  };
}
