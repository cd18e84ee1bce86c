import type { ChildProcess } from 'node:child_process';

/** Whether this platform has groups of processes: Windows has none, and ends the program alone. */
export const HAS_PROCESS_GROUPS = process.platform !== 'win32';

/** True until the program's end is known. */
export function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Signals a program that leads its group, and everything that it started and left in there. */
export function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (!HAS_PROCESS_GROUPS) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // Nobody is left: macOS says EPERM where all that is left has ended.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
