import type { RoundRecord } from '@fedops/shared-types';

/** A round in a line, and a line for each client that failed in it. */
export function roundLines({ round, outcome, clientEvaluation, failures, seconds }: RoundRecord): string[] {
  const accuracy = clientEvaluation?.metrics.accuracy;
  const result =
    outcome.kind === 'failed'
      ? `failed: ${outcome.message}`
      : accuracy === undefined
        ? 'not measured'
        : `accuracy ${(100 * accuracy).toFixed(1)} %`;
  return [
    `round ${round}: ${result}, ${seconds.toFixed(1)} s`,
    ...failures.map(({ clientId, work, code, message }) => `  ${clientId}, ${work}: ${code}: ${message}`),
  ];
}
