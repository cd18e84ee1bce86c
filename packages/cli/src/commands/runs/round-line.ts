import { durationText } from '@fedops/run-reader';
import type { RoundRecord } from '@fedops/shared-types';
import { printable } from '../../output/printable.js';
import { metricsText } from '../../words/metrics-text.js';

/** A past round in one line: what was measured, by how many, in what time; or why it failed. */
export function roundLine({
  round,
  outcome,
  participants,
  failures,
  seconds,
  ...measured
}: RoundRecord): string {
  const time = durationText(seconds * 1000);
  if (outcome.kind === 'failed') return printable(`round ${round} failed after ${time}: ${outcome.message}`);
  const quality = measured.centralEvaluation ?? measured.clientEvaluation;
  const metrics = quality === undefined ? measured.fitMetrics : { loss: quality.loss, ...quality.metrics };
  const parts = [
    `${participants.length} ${participants.length === 1 ? 'update' : 'updates'}`,
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
    metricsText(metrics),
    time,
  ];
  return printable(`round ${round}: ${parts.filter((part) => part !== '').join(', ')}`);
}
