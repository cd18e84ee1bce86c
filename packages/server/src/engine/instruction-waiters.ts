import { type ClientId, FedOpsError, type Instruction } from '@fedops/shared-types';
import type { Clock } from '../clock.js';

/** Clients that wait for something to do; woken when the run enters a phase, never by polling. */
export interface InstructionWaiters {
  /**
   * Resolves with the client's next instruction, or undefined after `waitMs` or when the signal aborts.
   *
   * @throws {FedOpsError} `overloaded` with `details.retryAfterMs` where the client waits too many times already.
   */
  wait(client: ClientId, waitMs: number, signal: AbortSignal): Promise<Instruction | undefined>;
  /** Gives everybody who waits what there is to do now. */
  wake(): void;
  /** Sends everybody away empty-handed. */
  close(): void;
}

type Answer = (instruction?: Instruction) => void;

/** More than one, as a connection that is lost without a word waits until its time is over. */
const MOST_WAITS_OF_ONE_CLIENT = 4;

const RETRY_AFTER_MS = 1_000;

/** @param instructionOf What a client shall do now; undefined where it shall wait. */
export function createInstructionWaiters(
  clock: Clock,
  instructionOf: (client: ClientId) => Instruction | undefined,
): InstructionWaiters {
  const waiting = new Map<ClientId, Answer[]>();

  function allAnswers(): readonly [ClientId, Answer][] {
    return [...waiting].flatMap(([client, answers]) =>
      answers.map((answer): [ClientId, Answer] => [client, answer]),
    );
  }

  function add(client: ClientId, answer: Answer): void {
    const answers = waiting.get(client);
    if (answers === undefined) waiting.set(client, [answer]);
    else answers.push(answer);
  }

  function remove(client: ClientId, answer: Answer): void {
    const answers = waiting.get(client)?.filter((other) => other !== answer) ?? [];
    if (answers.length > 0) waiting.set(client, answers);
    else waiting.delete(client);
  }

  return {
    async wait(client, waitMs, signal) {
      const now = instructionOf(client);
      if (now !== undefined || waitMs <= 0 || signal.aborted) return now;
      if ((waiting.get(client)?.length ?? 0) >= MOST_WAITS_OF_ONE_CLIENT) {
        throw new FedOpsError('overloaded', `${client} waits ${MOST_WAITS_OF_ONE_CLIENT} times already`, {
          details: { retryAfterMs: RETRY_AFTER_MS },
        });
      }
      return new Promise((resolve) => {
        const answer = (instruction?: Instruction) => {
          remove(client, answer);
          timer.cancel();
          signal.removeEventListener('abort', giveUp);
          resolve(instruction);
        };
        const giveUp = () => answer();
        const timer = clock.after(waitMs, giveUp);
        signal.addEventListener('abort', giveUp, { once: true });
        add(client, answer);
      });
    },
    wake() {
      for (const [client, answer] of allAnswers()) {
        const instruction = instructionOf(client);
        if (instruction !== undefined) answer(instruction);
      }
    },
    close() {
      for (const [, answer] of allAnswers()) answer();
    },
  };
}
