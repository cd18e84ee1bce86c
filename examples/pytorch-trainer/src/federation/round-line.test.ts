import { type RoundRecord, RoundRecordSchema } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { roundLines } from './round-line.js';

const RECORD: RoundRecord = RoundRecordSchema.parse({
  round: 2,
  outcome: { kind: 'closed', digest: '0'.repeat(64) },
  participants: [],
  failures: [],
  fitMetrics: {},
  clientEvaluation: { loss: 0.5, numExamples: 10, metrics: { accuracy: 0.8125 } },
  seconds: 1.25,
});

test('a round tells its accuracy', () => {
  expect(roundLines(RECORD)).toEqual(['round 2: accuracy 81.3 %, 1.3 s']);
});

test('a failed round tells who failed and why', () => {
  const failures = [{ clientId: 'low', work: 'fit', code: 'internal', message: 'no module' }];
  const outcome = { kind: 'failed', reason: 'quorum-missed', message: 'too few updates' };
  const record = RoundRecordSchema.parse({ ...RECORD, outcome, failures });

  expect(roundLines(record)).toEqual([
    'round 2: failed: too few updates, 1.3 s',
    '  low, fit: internal: no module',
  ]);
});
