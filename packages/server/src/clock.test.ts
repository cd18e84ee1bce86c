import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from './clock.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('systemClock', () => {
  it('begins at the time of the machine', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000);
  });

  it.each([-10, 10])(
    'does not follow a clock that is set %i minutes on: leases and deadlines go on',
    (minutes) => {
      const before = systemClock.now();
      const wrong = Date.now() + minutes * 60_000;
      jest.spyOn(Date, 'now').mockReturnValue(wrong);
      expect(systemClock.now() - before).toBeGreaterThanOrEqual(0);
      expect(systemClock.now() - before).toBeLessThan(60_000);
    },
  );
});
