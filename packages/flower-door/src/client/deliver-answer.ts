import { decodeClientMessage } from '@fedops/flower';
import type { ClientDesk, Clock, FurtherDoorParts, WorkKey } from '@fedops/server';
import {
  type ClientId,
  type EvaluateInstruction,
  FedOpsError,
  type FedOpsErrorCode,
  type FitInstruction,
  type Signature,
} from '@fedops/shared-types';
import type { ByteBudget } from '../byte-budget.js';
import { type ReadEvaluation, type ReadUpdate, readEvaluation, readUpdate } from './results.js';

/** What results are delivered with. */
export interface Delivery {
  readonly desk: Pick<ClientDesk, 'receiveUpdate' | 'receiveEvaluation' | 'receiveFailure'>;
  readonly signature: Signature;
  /** Uploads that go on at a time, one unit each: the others wait here and not in the line of the desk. */
  readonly turns: ByteBudget;
  readonly clock: Clock;
  readonly logger: FurtherDoorParts['logger'];
}

/** Whose result it is, and of what. */
export interface DeliveredWork {
  readonly instruction: FitInstruction | EvaluateInstruction;
  readonly clientId: ClientId;
}

/** The round has moved on: nobody is to blame. */
const TOO_LATE: readonly FedOpsErrorCode[] = ['stale-round', 'conflict'];

/** The refusals of an update that the desk has told the round of. */
const TOLD_BY_DESK: readonly FedOpsErrorCode[] = [
  'shape-mismatch',
  'invalid-argument',
  'too-large',
  'unsupported',
];

/** What one answer got wrong and the next may get right, so that the client stays. */
const OF_THIS_ANSWER: readonly FedOpsErrorCode[] = ['invalid-argument', 'unsupported'];

/** The protocol's limit for a failure's message. */
const MAX_MESSAGE_LENGTH = 2_000;

/**
 * Hands a client's answer to the round, or tells the round that there is none. An answer that comes too late is
 * dropped; after one that is wrong in a way that the next need not be, such as a loss that is not finite or work
 * that the client does not implement, the client stays.
 *
 * @throws {FedOpsError} what the client must be sent away for, such as `shape-mismatch`.
 */
export async function deliverAnswer(
  delivery: Delivery,
  work: DeliveredWork,
  bytes: Uint8Array,
): Promise<void> {
  const { logger } = delivery;
  const { clientId } = work;
  const answer = await read(delivery, work, bytes);
  if (answer === undefined) return;
  try {
    await handOver(delivery, work, answer);
  } catch (cause) {
    const error = FedOpsError.from(cause);
    if (TOO_LATE.includes(error.code)) {
      logger.info({ clientId, code: error.code }, 'an answer came too late');
      return;
    }
    if (!TOLD_BY_DESK.includes(error.code)) await reportFailure(delivery, work, error);
    if (!OF_THIS_ANSWER.includes(error.code)) throw error;
    logger.warn({ clientId, code: error.code }, error.message);
  }
}

type Answer = ReadUpdate | ReadEvaluation;

/** @returns Undefined where the answer is wrong and the client stays. */
async function read(delivery: Delivery, work: DeliveredWork, bytes: Uint8Array): Promise<Answer | undefined> {
  const { logger, signature } = delivery;
  const { instruction, clientId } = work;
  const message = await orReport(delivery, work, () => decodeClientMessage(bytes));
  try {
    const answer = await orReport<Answer>(delivery, work, () =>
      instruction.kind === 'fit' ? readUpdate(message, signature) : readEvaluation(message),
    );
    if (answer.dropped.length > 0) {
      logger.info(
        { clientId, dropped: answer.dropped.slice(0, MOST_NAMES).map((name) => name.slice(0, LONGEST_NAME)) },
        'metrics that are no finite numbers were left out',
      );
    }
    return answer;
  } catch (cause) {
    const error = FedOpsError.from(cause);
    if (!OF_THIS_ANSWER.includes(error.code)) throw error;
    logger.warn({ clientId, code: error.code }, error.message);
    return undefined;
  }
}

/** For a line of a log. */
const MOST_NAMES = 20;
const LONGEST_NAME = 100;

async function orReport<T>(delivery: Delivery, work: DeliveredWork, reading: () => T): Promise<T> {
  try {
    return reading();
  } catch (error) {
    await reportFailure(delivery, work, error);
    throw error;
  }
}

async function handOver(delivery: Delivery, work: DeliveredWork, answer: Answer): Promise<void> {
  const { desk, turns } = delivery;
  const { instruction, clientId } = work;
  if (answer.kind === 'evaluation') {
    await desk.receiveEvaluation(keyOf(instruction, clientId), answer.evaluation);
    return;
  }
  // An answer that was given counts, also where its client has gone since. A signal of its own: hundreds may wait.
  const never = new AbortController().signal;
  const release = await turns.take(1, never);
  try {
    await upload(delivery, work, answer);
  } finally {
    release();
  }
}

async function upload(
  { desk, clock }: Delivery,
  { instruction, clientId }: DeliveredWork,
  { header, body }: ReadUpdate,
): Promise<void> {
  const { contentLength } = body;
  const key = keyOf(instruction, clientId);
  for (;;) {
    try {
      // Taken once, on the way to the disk; the connection says itself whether bytes are damaged.
      const digest = undefined;
      await desk.receiveUpdate(key, { clientId, header, contentLength, digest, body: inTurn(body.pieces()) });
      return;
    } catch (error) {
      const { code, details } = FedOpsError.from(error);
      const { retryAfterMs } = details;
      if (code !== 'overloaded' || typeof retryAfterMs !== 'number') throw error;
      await new Promise<void>((resolve) => clock.after(retryAfterMs, resolve));
    }
  }
}

/** Tells the round that it need not wait for this client; what it says of work that is over is dropped. */
export async function reportFailure(
  { desk }: Delivery,
  { instruction, clientId }: DeliveredWork,
  cause: unknown,
): Promise<void> {
  const { code, message } = FedOpsError.from(cause);
  const failure = { work: instruction.kind, code, message: message.slice(0, MAX_MESSAGE_LENGTH) };
  try {
    await desk.receiveFailure(keyOf(instruction, clientId), failure);
  } catch (error) {
    if (!TOO_LATE.includes(FedOpsError.from(error).code)) throw error;
  }
}

function keyOf({ runId, round }: FitInstruction | EvaluateInstruction, clientId: ClientId): WorkKey {
  return { runId, round, clientId };
}

async function* inTurn(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}
