import { readFileSync } from 'node:fs';

/** True for a process that has not ended; one that nobody has asked after (a zombie) has. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Resolves once a process that was killed has ended; the system takes a moment. */
export async function gone(pid: number): Promise<void> {
  const end = Date.now() + 60_000;
  while (isAlive(pid)) {
    if (Date.now() > end) throw new Error(`process ${pid} did not end within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
