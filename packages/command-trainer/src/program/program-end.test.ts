import { describe, expect, test } from '@jest/globals';
import { assertSucceeded, type ProgramEnd } from './program-end.js';

function errorOf(end: ProgramEnd, stderr = ''): unknown {
  try {
    assertSucceeded({ end, stderr }, 'python3');
  } catch (error) {
    return error;
  }
  throw new Error('expected an error');
}

const noSuchFile = Object.assign(new Error('spawn python3 ENOENT'), { code: 'ENOENT' });
const noProcess = Object.assign(new Error('spawn python3 EAGAIN'), { code: 'EAGAIN' });

describe('a program', () => {
  test('that exits with 0 has succeeded, whatever it complained of', () => {
    expect(() => assertSucceeded({ end: { kind: 'exited', code: 0 }, stderr: 'warning' }, 'x')).not.toThrow();
  });

  test.each<[string, ProgramEnd, string]>([
    ['that is not there', { kind: 'not-started', cause: noSuchFile }, 'invalid-argument'],
    ['for which the system lacks memory', { kind: 'not-started', cause: noProcess }, 'overloaded'],
    ['that exits with 1', { kind: 'exited', code: 1 }, 'internal'],
    ['that somebody killed', { kind: 'killed', signal: 'SIGKILL' }, 'internal'],
    ['that took too long', { kind: 'stopped', reason: 'timed-out' }, 'deadline-exceeded'],
    ['that is no longer wanted', { kind: 'stopped', reason: 'aborted' }, 'aborted'],
  ])('%s fails with its code', (_, end, code) => {
    expect(errorOf(end)).toMatchObject({ code });
  });

  test('that fails says its last line in the message, the tail in the cause and nothing in the details', () => {
    const stderr = 'Traceback\n  File "train.py"\nKeyError: \u001b[1mloss\n';

    expect(errorOf({ kind: 'exited', code: 3 }, stderr)).toMatchObject({
      message: 'python3 ended with exit code 3: KeyError:  [1mloss',
      cause: { name: 'StandardError', message: stderr.trimEnd() },
      details: {},
    });
  });

  test('that fails without a word has no cause', () => {
    const error = errorOf({ kind: 'exited', code: 3 }, ' \n') as Error;

    expect([error.message, error.cause]).toEqual(['python3 ended with exit code 3', undefined]);
  });
});
