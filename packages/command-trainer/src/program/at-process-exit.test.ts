import { expect, test } from '@jest/globals';
import { atProcessExit } from './at-process-exit.js';

test('one listener serves all, and goes with the last of them', () => {
  const before = process.listenerCount('exit');
  const releases = Array.from({ length: 20 }, () => atProcessExit(() => undefined));
  expect(process.listenerCount('exit')).toBe(before + 1);
  for (const release of releases) release();
  expect(process.listenerCount('exit')).toBe(before);
});

test('a duty that fails keeps none of the others from its turn', () => {
  const done: string[] = [];
  const before = process.listeners('exit');
  const releases = [
    atProcessExit(() => void done.push('first')),
    atProcessExit(() => {
      throw new Error('busy');
    }),
    atProcessExit(() => void done.push('last')),
  ];
  const [listener] = process.listeners('exit').filter((candidate) => !before.includes(candidate));
  listener!(0);
  for (const release of releases) release();

  expect(done).toEqual(['last', 'first']);
});
