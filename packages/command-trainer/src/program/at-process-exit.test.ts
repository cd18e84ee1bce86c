import { expect, test } from '@jest/globals';
import { atProcessExit } from './at-process-exit.js';

test('one listener serves all, and goes with the last of them', () => {
  const before = process.listenerCount('exit');
  const releases = Array.from({ length: 20 }, () => atProcessExit(() => undefined));
  expect(process.listenerCount('exit')).toBe(before + 1);
  for (const release of releases) release();
  expect(process.listenerCount('exit')).toBe(before);
});
