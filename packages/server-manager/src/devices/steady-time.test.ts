import { expect, it } from '@jest/globals';
import { watchForJumps } from './steady-time.js';

it('tells a clock that was set from time that passed, once, and forgives a nudge', () => {
  let [now, elapsed] = [1_000_000, 5];
  const watch = watchForJumps({ now: () => now }, { elapsed: () => elapsed });
  const pass = (ms: number, seenMs: number) => {
    elapsed += ms;
    now += seenMs;
    return watch.jumpMs();
  };
  expect(pass(60_000, 60_000)).toBe(0);
  expect(pass(1_000, 1_500)).toBe(0);
  expect(pass(0, 600_000)).toBe(600_500);
  expect(pass(1_000, 1_000)).toBe(0);
  expect(pass(0, -600_000)).toBe(-600_000);
});
