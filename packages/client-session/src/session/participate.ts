import { FedOpsError, type Instruction } from '@fedops/shared-types';
import type { Connection } from '../connection.js';
import { backoffMs, retryDelayMs } from './backoff.js';
import { factsOf, givenUp, POLL_WITHIN_MS } from './line.js';
import type { PersistParts } from './persist.js';
import type { StateRecord } from './state-record.js';
import { withTimeLimit } from './time-limit.js';
import { endsPolling } from './verdict.js';
import type { Workbench } from './work.js';

/** A server that says "nothing yet" without waiting is asked again no sooner than this. */
const SHORTEST_POLL_MS = 100;

/** What taking part needs. */
export interface ParticipationParts extends PersistParts {
  readonly record: StateRecord;
  readonly workbench: Workbench;
  /** The session's stop. */
  readonly signal: AbortSignal;
}

/**
 * Asks for instructions and carries them out until the run ends, which the record then tells.
 *
 * @throws {FedOpsError} with the reason why the session cannot go on; the signal's reason when that aborts.
 */
export async function participate(parts: ParticipationParts): Promise<void> {
  const { clock, random, record, signal, workbench } = parts;
  let droppedInARow = 0;
  for (;;) {
    const instruction = await nextInstruction(parts);
    switch (instruction.kind) {
      case 'finish': {
        const { runId, version, digest } = instruction;
        record.dispatch({ kind: 'run-finished', at: clock.now(), runId, version, digest });
        return;
      }
      case 'fail': {
        const { code, message } = instruction;
        record.dispatch({ kind: 'failed', at: clock.now(), error: { code, message } });
        return;
      }
      case 'fit':
      case 'evaluate': {
        const end = await workbench.carryOut(instruction);
        if (end.kind === 'lost') throw end.error;
        droppedInARow = end.kind === 'dropped' ? droppedInARow + 1 : 0;
        // A server that repeats what it does not want is not asked in a busy loop.
        if (droppedInARow > 1) await clock.sleep(backoffMs(droppedInARow - 1, random()), signal);
      }
    }
  }
}

async function nextInstruction(parts: ParticipationParts): Promise<Instruction> {
  const { clock, line, signal } = parts;
  let lost: { readonly since: number; readonly failures: number } | undefined;
  for (;;) {
    const connection = line.current()!;
    try {
      const instruction = await poll(connection, parts);
      if (instruction !== undefined) return instruction;
      lost = undefined;
    } catch (cause) {
      signal.throwIfAborted();
      const error = FedOpsError.from(cause);
      if (endsPolling(error.code)) throw error;
      lost = { since: lost?.since ?? clock.now(), failures: (lost?.failures ?? 0) + 1 };
      await reconnect({ ...lost, error, stale: connection }, parts);
    }
  }
}

async function poll(connection: Connection, parts: ParticipationParts): Promise<Instruction | undefined> {
  const { clock, record, signal } = parts;
  const began = clock.now();
  record.dispatch({ kind: 'poll-began', at: began, deadline: began + POLL_WITHIN_MS });
  const instruction = await withTimeLimit({ clock, ms: POLL_WITHIN_MS, signal }, (within) =>
    connection.nextInstruction({ signal: within }),
  );
  const elapsed = clock.now() - began;
  if (instruction === undefined && elapsed < SHORTEST_POLL_MS) {
    await clock.sleep(SHORTEST_POLL_MS - elapsed, signal);
  }
  return instruction;
}

interface Loss {
  readonly since: number;
  readonly failures: number;
  readonly error: FedOpsError;
  readonly stale: Connection;
}

async function reconnect({ since, failures, error, stale }: Loss, parts: ParticipationParts): Promise<void> {
  const { clock, line, random, record, signal } = parts;
  const at = clock.now();
  const deadline = since + parts.reconnectForMs;
  if (at >= deadline) throw givenUp(error, at - since);
  const isForgotten = error.code === 'unauthenticated' && failures === 1;
  const nextAttemptAt = isForgotten ? at : Math.min(deadline, at + retryDelayMs(error, failures, random()));
  record.dispatch({ kind: 'connection-lost', at, error: factsOf(error), nextAttemptAt, deadline });
  if (nextAttemptAt > at) await clock.sleep(nextAttemptAt - at, signal);
  const { registration } = await line.renew(stale, deadline);
  // Where the heartbeat registered meanwhile, its `connected` came before the loss was noticed.
  const now = clock.now();
  record.dispatch({ kind: 'connected', at: now, runId: registration.runId, deadline: now + POLL_WITHIN_MS });
}
