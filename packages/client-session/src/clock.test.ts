import { describe, expect, test } from '@jest/globals';
import { systemClock } from './clock.js';

describe('the system clock', () => {
  test('sleeps no shorter than asked', async () => {
    const began = performance.now();
    await systemClock.sleep(50, new AbortController().signal);
    // Timers count whole milliseconds, by a clock of their own.
    expect(performance.now() - began).toBeGreaterThanOrEqual(45);
  });

  test('wakes with the reason of its signal, before and during sleep, also from one longer than timers are', async () => {
    const reason = new Error('enough');
    await expect(systemClock.sleep(1_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const first = await Promise.race([
      systemClock.sleep(2 ** 40, abort.signal).catch((error) => error),
      systemClock.sleep(20, new AbortController().signal).then(() => 'still asleep'),
    ]);
    expect(first).toBe('still asleep');
    const sleeping = systemClock.sleep(2 ** 40, abort.signal);
    abort.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });
});
