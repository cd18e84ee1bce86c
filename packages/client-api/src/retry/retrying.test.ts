import { FedOpsError, isUnheard } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { aFakeClock } from '../../test/fake-clock.js';
import { type Attempt, type Outcome, withRetries } from './retrying.js';

const refused: Outcome<never> = { kind: 'refused', error: new FedOpsError('unavailable', 'no connection') };
const limits = { attemptTimeoutMs: 1_000, totalTimeoutMs: 3_000 };
const never = new AbortController().signal;

function scripted<T>(outcomes: readonly Outcome<T>[]): { attempt: Attempt<T>; timeouts: number[] } {
  const timeouts: number[] = [];
  return {
    timeouts,
    attempt: async (timeoutMs) => {
      timeouts.push(timeoutMs);
      return outcomes[Math.min(timeouts.length, outcomes.length) - 1]!;
    },
  };
}

function busy(retryAfter: string): Outcome<never> {
  return { kind: 'status', status: 503, retryAfter, error: new FedOpsError('unavailable', 'busy') };
}

test('an answer ends it', async () => {
  const clock = aFakeClock();
  const { attempt, timeouts } = scripted([refused, { kind: 'answer', answer: 7 }]);

  const answer = await withRetries(
    attempt,
    { repetition: 'freely', signal: never },
    { clock, random: () => 1 },
    limits,
  );

  expect(answer).toBe(7);
  expect(timeouts).toEqual([1_000, 1_000]);
  expect(clock.waits).toEqual([250]);
});

test('the waits grow, and none is begun that would outlast the call', async () => {
  const clock = aFakeClock();
  const { attempt, timeouts } = scripted([refused]);

  const call = withRetries(
    attempt,
    { repetition: 'freely', signal: never },
    { clock, random: () => 1 },
    limits,
  );

  await expect(call).rejects.toMatchObject({ code: 'unavailable', details: { attempts: 4 } });
  expect(clock.waits).toEqual([250, 500, 1_000]);
  expect(timeouts).toHaveLength(4);
});

test('the last attempt has only what is left of the call’s time', async () => {
  const clock = aFakeClock();
  const timeouts: number[] = [];
  const attempt: Attempt<never> = async (timeoutMs) => {
    timeouts.push(timeoutMs);
    clock.advance(timeoutMs);
    return refused;
  };

  const call = withRetries(
    attempt,
    { repetition: 'freely', signal: never },
    { clock, random: () => 1 },
    limits,
  );

  await expect(call).rejects.toMatchObject({ code: 'unavailable' });
  expect(timeouts).toEqual([1_000, 1_000, 250]);
});

test('Retry-After is waited for where it is longer than the backoff', async () => {
  const clock = aFakeClock();
  const { attempt } = scripted<string>([busy('2'), busy('0'), { kind: 'answer', answer: 'ok' }]);

  await withRetries(
    attempt,
    { repetition: 'if-unheard', signal: never },
    { clock, random: () => 0.5 },
    limits,
  );

  expect(clock.waits).toEqual([2_000, 250]);
});

test('a Retry-After beyond the call’s time ends it at once, and the error says how long to wait', async () => {
  const clock = aFakeClock();
  const { attempt, timeouts } = scripted([busy('60')]);

  const call = withRetries(
    attempt,
    { repetition: 'freely', signal: never },
    { clock, random: () => 0 },
    limits,
  );

  await expect(call).rejects.toMatchObject({
    code: 'unavailable',
    details: { retryAfterMs: 60_000, attempts: 1 },
  });
  expect(timeouts).toHaveLength(1);
  expect(clock.waits).toEqual([]);
});

test('an abort ends a wait', async () => {
  const controller = new AbortController();
  const clock = aFakeClock(() => controller.abort(new Error('stop')));
  const { attempt, timeouts } = scripted([refused]);

  const call = withRetries(
    attempt,
    { repetition: 'freely', signal: controller.signal },
    { clock, random: () => 1 },
    limits,
  );

  await expect(call).rejects.toMatchObject({ code: 'aborted' });
  expect(timeouts).toHaveLength(1);
});

test('the error keeps its cause and its own details', async () => {
  const cause = new Error('ECONNREFUSED');
  const error = new FedOpsError('conflict', 'x', { cause, details: { round: 3 } });
  const { attempt } = scripted([{ kind: 'final', error }]);

  const call = withRetries(
    attempt,
    { repetition: 'freely', signal: never },
    { clock: aFakeClock(), random: () => 0 },
    limits,
  );

  await expect(call).rejects.toMatchObject({ code: 'conflict', cause, details: { round: 3, attempts: 1 } });
});

const lost: Outcome<never> = { kind: 'unanswered', error: new FedOpsError('deadline-exceeded', 'no answer') };

test.each([
  ['refused each time', [refused], true],
  ['refused, then busy', [refused, busy('1')], true],
  ['lost once, then refused', [lost, refused], false],
  [
    'answered by what is final',
    [{ kind: 'final', error: new FedOpsError('bad-response', 'x') } as const],
    false,
  ],
])('a call that was %s tells whether anybody can have heard of it', async (_what, outcomes, unheard) => {
  const parts = { clock: aFakeClock(), random: () => 1 };
  const { attempt } = scripted<never>(outcomes);

  const error: unknown = await withRetries(
    attempt,
    { repetition: 'freely', signal: never },
    parts,
    limits,
  ).catch((thrown: unknown) => thrown);

  expect(isUnheard(error)).toBe(unheard);
});

test('an error of anybody else is not called unheard', () => {
  expect(isUnheard(new FedOpsError('unavailable', 'x'))).toBe(false);
  expect(isUnheard(new Error('x'))).toBe(false);
});
