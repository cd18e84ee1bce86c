import type { RoundRecord } from '@fedops/shared-types';
import { percent, seconds } from './figures.js';

/** A past round in one line, and a line for each client that failed in it. */
export function roundLines({
  round,
  outcome,
  centralEvaluation,
  participants,
  failures,
  seconds: took,
}: RoundRecord): readonly string[] {
  const accuracy = centralEvaluation?.metrics.accuracy;
  const quality =
    centralEvaluation === undefined || accuracy === undefined
      ? 'not measured'
      : `accuracy ${percent(accuracy)}, loss ${centralEvaluation.loss.toFixed(4)}`;
  const result =
    outcome.kind === 'failed'
      ? `failed: ${outcome.message}`
      : `${quality}, ${participants.length} ${participants.length === 1 ? 'client' : 'clients'}`;
  return [
    `round ${round}: ${result}, ${seconds(took)}`,
    ...failures.map(({ clientId, code, message }) => `  without ${clientId}: ${code}, ${message}`),
  ];
}
