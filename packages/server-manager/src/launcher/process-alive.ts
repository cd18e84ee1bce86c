import { readFileSync } from 'node:fs';

/**
 * True while the process with this id lives and was started with `argument`; where the system does not tell the
 * arguments, while any process with this id lives.
 */
export function isProcessAlive(pid: number, argument: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    // Empty for a dead process that nobody has buried; another's where the id was given away again.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
  } catch {
    return false;
  }
}
