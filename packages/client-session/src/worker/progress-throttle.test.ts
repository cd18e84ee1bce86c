import { expect, test } from '@jest/globals';
import { progressThrottle } from './progress-throttle.js';

test('passes on the first, then one in 100 ms, and the end always', () => {
  const passed: number[] = [];
  const tell = progressThrottle((fraction) => passed.push(fraction));
  tell(0.1, 0);
  tell(0.2, 50);
  tell(0.3, 99);
  tell(0.4, 100);
  tell(1, 101);
  expect(passed).toEqual([0.1, 0.4, 1]);
});
