import { describe, expect, it } from '@jest/globals';
import { fakeClock } from '../../test/fake-clock.js';
import { createUploadPace } from './upload-pace.js';

function watched(minBytesPerSecond = 1000) {
  const clock = fakeClock();
  const ends: string[] = [];
  const pace = createUploadPace(clock, minBytesPerSecond, ({ code }) => ends.push(code));
  return { clock, pace, ends };
}

describe('createUploadPace', () => {
  it('ends a body that is slower on average, and not before 30 s', async () => {
    const { clock, pace, ends } = watched();
    pace.waits();
    pace.took(29_999);
    await clock.advance(29_999);
    expect(ends).toEqual([]);
    await clock.advance(1);
    expect(ends).toEqual(['deadline-exceeded']);
    expect(clock.pending()).toBe(0);
  });

  it('lets a body go on that keeps the average, and ends it when it no longer does', async () => {
    const { clock, pace, ends } = watched();
    pace.waits();
    pace.took(55_000);
    await clock.advance(50_000);
    expect(ends).toEqual([]);
    await clock.advance(10_000);
    expect(ends).toEqual(['deadline-exceeded']);
  });

  it('does not count the time in which the server is at work', async () => {
    const { clock, pace, ends } = watched();
    pace.waits();
    await clock.advance(10_000);
    pace.works();
    await clock.advance(1_000_000);
    expect(ends).toEqual([]);
    pace.waits();
    await clock.advance(30_000);
    expect(ends).toEqual(['deadline-exceeded']);
  });

  it.each([
    ['without a limit', 0],
    ['once it was ended', 1000],
  ])('keeps no timer %s', async (_when, minBytesPerSecond) => {
    const { clock, pace, ends } = watched(minBytesPerSecond);
    pace.waits();
    if (minBytesPerSecond > 0) pace.end();
    expect(clock.pending()).toBe(0);
    await clock.advance(100_000);
    expect(ends).toEqual([]);
  });
});
