import { expect, it } from '@jest/globals';
import { presenceOf } from './presence.js';

const SEEN = { lastSeen: 100_000, onlineSince: 50_000, leftAt: null };
const iso = (ms: number) => new Date(ms).toISOString();

it('says since when a device is online, stale or offline', () => {
  expect(presenceOf(SEEN, 10_000, 110_000)).toEqual({ state: 'online', since: iso(50_000), left: false });
  expect(presenceOf(SEEN, 10_000, 110_001)).toEqual({ state: 'stale', since: iso(110_000), left: false });
  expect(presenceOf(SEEN, 10_000, 130_001)).toEqual({ state: 'offline', since: iso(130_000), left: false });
});

it('takes a device that left for offline at once', () => {
  expect(presenceOf({ ...SEEN, leftAt: 100_001 }, 10_000, 100_002)).toEqual({
    state: 'offline',
    since: iso(100_001),
    left: true,
  });
});

it('does not lose a device when the clock is set back by ten minutes', () => {
  expect(presenceOf({ ...SEEN, lastSeen: 700_000 }, 10_000, 100_000).state).toBe('online');
});
