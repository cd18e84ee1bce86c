import type { ClientId, Instruction } from '@fedops/shared-types';
import type { Clock } from '../clock.js';

/** Clients that wait for something to do; woken when the run enters a phase, never by polling. */
export interface InstructionWaiters {
  /** Resolves with the client's next instruction, or undefined after `waitMs` or when the signal aborts. */
  wait(client: ClientId, waitMs: number, signal: AbortSignal): Promise<Instruction | undefined>;
  /** Gives everybody who waits what there is to do now. */
  wake(): void;
  /** Sends everybody away empty-handed. */
  close(): void;
}

/** @param instructionOf What a client shall do now; undefined where it shall wait. */
export function createInstructionWaiters(
  clock: Clock,
  instructionOf: (client: ClientId) => Instruction | undefined,
): InstructionWaiters {
  const waiting = new Set<{
    readonly client: ClientId;
    readonly answer: (instruction?: Instruction) => void;
  }>();

  return {
    wait(client, waitMs, signal) {
      const now = instructionOf(client);
      if (now !== undefined || waitMs <= 0 || signal.aborted) return Promise.resolve(now);
      return new Promise((resolve) => {
        const answer = (instruction?: Instruction) => {
          waiting.delete(waiter);
          timer.cancel();
          signal.removeEventListener('abort', giveUp);
          resolve(instruction);
        };
        const giveUp = () => answer();
        const waiter = { client, answer };
        const timer = clock.after(waitMs, giveUp);
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(waiter);
      });
    },
    wake() {
      for (const { client, answer } of [...waiting]) {
        const instruction = instructionOf(client);
        if (instruction !== undefined) answer(instruction);
      }
    },
    close() {
      for (const { answer } of [...waiting]) answer();
    },
  };
}
