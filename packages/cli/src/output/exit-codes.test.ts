import { FEDOPS_ERROR_CODES } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { exitCodeOf } from './exit-codes.js';

test('every error code has the exit code that scripts know', () => {
  const table = Object.fromEntries(FEDOPS_ERROR_CODES.map((code) => [code, exitCodeOf(code)]));
  expect(table).toEqual({
    'invalid-argument': 2,
    'shape-mismatch': 1,
    'not-found': 3,
    conflict: 4,
    'stale-round': 1,
    unauthenticated: 5,
    'permission-denied': 5,
    'too-large': 1,
    overloaded: 6,
    'deadline-exceeded': 7,
    unavailable: 6,
    aborted: 130,
    'bad-response': 1,
    unsupported: 1,
    storage: 8,
    internal: 1,
  });
});
