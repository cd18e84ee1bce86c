import type { Parameters } from '@fedops/parameters';
import { type EvaluateInstruction, FedOpsError, type FitInstruction } from '@fedops/shared-types';
import type { WorkKey, WorkResult } from '../connection.js';
import type { Trainer, TrainerContext, WorkOrigin } from '../trainer.js';
import { factsOf, POLL_WITHIN_MS } from './line.js';
import { createParametersCache, type ParametersCache } from './parameters-cache.js';
import { type PersistParts, persist } from './persist.js';
import type { StateRecord } from './state-record.js';
import { childOf } from './time-limit.js';
import type { TrainerTurn } from './trainer-turn.js';
import { evaluationOf, failureOf, updateOf } from './work-result.js';

/** How a piece of work ended. `dropped`: nobody wants its result any more. */
export type WorkEnd =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'lost'; readonly error: FedOpsError };

/** Work under way, as the heartbeat sees it. */
export interface WorkUnderWay {
  abandon(): void;
}

/** Where instructions are carried out, one at a time. */
export interface Workbench {
  underWay(): WorkUnderWay | undefined;
  /** @throws the session's stop reason when that aborts. */
  carryOut(instruction: FitInstruction | EvaluateInstruction): Promise<WorkEnd>;
}

/** What work is done with. */
export interface WorkbenchParts extends PersistParts {
  readonly trainer: Trainer;
  readonly turn: TrainerTurn;
  readonly record: StateRecord;
  /** Which task this client takes part in, and as whom. */
  readonly origin: Required<Pick<WorkOrigin, 'taskId' | 'clientId'>>;
  /** The session's stop. */
  readonly signal: AbortSignal;
}

/** A workbench with nothing on it. */
export function createWorkbench(parts: WorkbenchParts): Workbench {
  const { clock, record } = parts;
  const cache = createParametersCache();
  let underWay: WorkUnderWay | undefined;
  return {
    underWay: () => underWay,
    async carryOut(instruction) {
      const { controller, release } = childOf(parts.signal);
      const { signal } = controller;
      const { kind: work, runId, round, remainingMs } = instruction;
      const at = clock.now();
      record.dispatch({ kind: 'work-began', at, work, runId, round, deadline: at + remainingMs });
      underWay = {
        abandon: () => controller.abort(new FedOpsError('aborted', 'the server abandoned this work')),
      };
      const timer = new AbortController();
      clock.sleep(remainingMs, timer.signal).then(
        () =>
          controller.abort(new FedOpsError('deadline-exceeded', 'the round closed before the work was done')),
        () => undefined,
      );
      try {
        return await workOn(instruction, { ...parts, cache, signal });
      } catch (error) {
        parts.signal.throwIfAborted();
        if (signal.aborted) return { kind: 'dropped' };
        throw error;
      } finally {
        underWay = undefined;
        timer.abort();
        release();
        const end = clock.now();
        record.dispatch({ kind: 'work-ended', at: end, deadline: end + POLL_WITHIN_MS });
      }
    },
  };
}

interface Bench extends WorkbenchParts {
  readonly cache: ParametersCache;
  /** Ends this work. */
  readonly signal: AbortSignal;
}

async function workOn(instruction: FitInstruction | EvaluateInstruction, bench: Bench): Promise<WorkEnd> {
  const { runId, round, kind } = instruction;
  const key = { runId, round };
  const fetched = await fetchFor(instruction, bench);
  if (fetched.kind === 'lost') return fetched;
  if (fetched.kind === 'dropped') return { kind: 'dropped' };
  const result =
    fetched.kind === 'refused'
      ? failureOf(kind, fetched.error)
      : await resultOf(instruction, fetched.value, bench);
  const delivered = await deliver(key, result, bench);
  if (delivered.kind !== 'refused') return endOf(delivered);
  if (result.kind === 'failure') return { kind: 'dropped' };
  const reported = await deliver(key, failureOf(kind, delivered.error), bench);
  return reported.kind === 'refused' ? { kind: 'dropped' } : endOf(reported);
}

function fetchFor({ parameters: ref }: FitInstruction | EvaluateInstruction, bench: Bench) {
  const { signal } = bench;
  return persist<Parameters>(bench, {
    signal,
    attempt: (connection) => bench.cache.get(ref, () => connection.fetchParameters(ref, { signal })),
  });
}

/** What came of the trainer's work; its failure is a result too. */
async function resultOf(
  instruction: FitInstruction | EvaluateInstruction,
  parameters: Parameters,
  bench: Bench,
): Promise<WorkResult> {
  const { config, round, runId, seed } = instruction;
  const input = { parameters, config, round, seed, runId, ...bench.origin };
  const { signature } = parameters;
  const { clock, record, signal, trainer, turn } = bench;
  const context: TrainerContext = {
    signal,
    progress(fraction) {
      if (!signal.aborted) record.dispatch({ kind: 'progressed', at: clock.now(), fraction });
    },
  };
  try {
    if (instruction.kind === 'fit') {
      return updateOf(await turn.take(async () => trainer.fit(input, context), signal), signature);
    }
    return evaluationOf(await turn.take(async () => trainer.evaluate(input, context), signal));
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(instruction.kind, error);
  }
}

function deliver(key: WorkKey, result: WorkResult, { record, ...bench }: Bench) {
  const { clock, signal } = bench;
  return persist<void>(bench, {
    signal,
    attempt(connection) {
      record.dispatch({ kind: 'delivery-began', at: clock.now(), result: result.kind });
      return connection.deliver(key, result, { signal });
    },
    onFailure(error) {
      record.dispatch({ kind: 'delivery-failed', at: clock.now(), error: factsOf(error) });
    },
  });
}

function endOf(end: { kind: 'done' } | { kind: 'dropped' } | { kind: 'lost'; error: FedOpsError }): WorkEnd {
  return end.kind === 'done' ? { kind: 'delivered' } : end.kind === 'lost' ? end : { kind: 'dropped' };
}
