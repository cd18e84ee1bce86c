import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { type AttemptFailure, mayRepeat } from './retry-policy.js';

const error = new FedOpsError('unavailable', 'x');
const status = (status: number): AttemptFailure => ({ kind: 'status', status, error });

const rows: [string, AttemptFailure, boolean, boolean][] = [
  ['a refused connection', { kind: 'refused', error }, true, true],
  ['a lost answer', { kind: 'unanswered', error }, true, false],
  ['an abort or a bad answer', { kind: 'final', error }, false, false],
  ['429', status(429), true, true],
  ['503', status(503), true, true],
  ['408', status(408), true, false],
  ['502', status(502), true, false],
  ['504', status(504), true, false],
  ['400', status(400), false, false],
  ['404', status(404), false, false],
  ['409', status(409), false, false],
  ['422', status(422), false, false],
  ['500', status(500), false, false],
];

test.each(rows)('what may be repeated after %s', (_what, failure, freely, ifUnheard) => {
  expect(mayRepeat('freely', failure)).toBe(freely);
  expect(mayRepeat('if-unheard', failure)).toBe(ifUnheard);
});
