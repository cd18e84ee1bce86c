import type { ClientId, Evaluation, RoundRecord } from '@fedops/shared-types';
import { meanMetrics } from '@fedops/strategies';
import { inIdOrder } from '../clients/sample-clients.js';
import type {
  ClientFailure,
  Evaluating,
  ReceivedUpdate,
  RoundFailureReason,
  RoundState,
  RunState,
} from './run-state.js';

/** A run may have thousands of rounds; so many of the last ones it remembers. The journal has them all. */
const REMEMBERED_ROUNDS = 100;

/** The history with one more record. */
export function remember(history: readonly RoundRecord[], record: RoundRecord): readonly RoundRecord[] {
  return [...history, record].slice(-REMEMBERED_ROUNDS);
}

/** The record of a round whose model is durable. */
export function closedRecord(round: Evaluating, digest: string, at: number): RoundRecord {
  const { central } = round;
  const evaluations = inIdOrder(round.evaluations.keys()).map((clientId) => round.evaluations.get(clientId)!);
  const clientEvaluation = meanEvaluation(evaluations);
  return {
    ...commonRecord(round, at),
    outcome: { kind: 'closed', digest },
    fitMetrics: round.fitMetrics,
    ...(central.status === 'measured' && { centralEvaluation: central.evaluation }),
    ...(clientEvaluation !== undefined && { clientEvaluation }),
  };
}

/** The record of an attempt at a round that came to nothing. */
export function failedRecord(
  round: RoundState,
  { reason, message }: { readonly reason: RoundFailureReason; readonly message: string },
  at: number,
): RoundRecord {
  return { ...commonRecord(round, at), outcome: { kind: 'failed', reason, message }, fitMetrics: {} };
}

function commonRecord(
  round: RoundState,
  at: number,
): Pick<RoundRecord, 'round' | 'participants' | 'failures' | 'seconds'> {
  return {
    round: round.round,
    participants: updatesInIdOrder(round).map(({ clientId, numExamples, digest }) => ({
      clientId,
      numExamples,
      digest,
    })),
    failures: failuresOf(round).map(({ clientId, work, code, message }) => ({
      clientId,
      work,
      code,
      message,
    })),
    seconds: (at - round.began) / 1000,
  };
}

/** The updates of a round in the one order in which they are ever aggregated. */
export function updatesInIdOrder(round: RoundState): readonly ReceivedUpdate[] {
  if (round.phase === 'waiting-for-clients') return [];
  return inIdOrder(round.updates.keys()).map((clientId) => round.updates.get(clientId)!);
}

/** All failures so far, of the fit, then of the evaluation; each in the order of ids, whichever came first. */
export function failuresOf(round: RoundState): readonly ClientFailure[] {
  switch (round.phase) {
    case 'waiting-for-clients':
      return [];
    case 'fitting':
    case 'aggregating':
      return sorted(round.failures);
    case 'evaluating':
      return [...sorted(round.fitFailures), ...sorted(round.failures)];
  }
}

function sorted(failures: ReadonlyMap<ClientId, ClientFailure>): readonly ClientFailure[] {
  return inIdOrder(failures.keys()).map((clientId) => failures.get(clientId)!);
}

/** Mean of evaluations weighted by their numExamples; undefined where there are none. */
function meanEvaluation(evaluations: readonly Evaluation[]): Evaluation | undefined {
  if (evaluations.length === 0) return undefined;
  const { loss = 0, ...metrics } = meanMetrics(
    evaluations.map(({ loss, numExamples, metrics }) => ({ numExamples, metrics: { ...metrics, loss } })),
  );
  return { loss, metrics, numExamples: evaluations.reduce((sum, { numExamples }) => sum + numExamples, 0) };
}

/**
 * Whether this very update was counted already, in this round or in one that is closed. In a failed attempt at a
 * round it counted for nothing: a client that trains again from the same seed sends the same bytes again.
 */
export function isCounted(
  state: RunState,
  round: number,
  { clientId, digest }: Pick<ReceivedUpdate, 'clientId' | 'digest'>,
): boolean {
  if (state.phase === 'in-round' && state.round.round === round) {
    const { round: open } = state;
    return open.phase !== 'waiting-for-clients' && open.updates.get(clientId)?.digest === digest;
  }
  return digestInHistory(state.history, round, clientId) === digest;
}

function digestInHistory(
  history: readonly RoundRecord[],
  round: number,
  clientId: ClientId,
): string | undefined {
  return history
    .filter((record) => record.round === round && record.outcome.kind === 'closed')
    .flatMap(({ participants }) => participants)
    .find((participant) => participant.clientId === clientId)?.digest;
}
