import { expect, it } from '@jest/globals';
import { judgeSpace } from './check-data-dir.js';
import { judgeClock } from './check-manager.js';
import { checkNode } from './check-node.js';
import { judgeVersion } from './check-version.js';

it.each([
  ['18.20.0', 'fail'],
  ['20.18.1', 'fail'],
  ['20.19.0', 'warn'],
  ['22.0.0', 'ok'],
  ['26.10.0', 'ok'],
])('judges Node %s: %s', (version, status) => {
  expect(checkNode(version).status).toBe(status);
});

it.each([
  [50 * 1024 ** 2, 'fail'],
  [1024 ** 3, 'warn'],
  [10 * 1024 ** 3, 'ok'],
])('judges %d free bytes: %s', (bytes, status) => {
  expect(judgeSpace(bytes).status).toBe(status);
});

it.each([
  [0, 'ok', /agrees/],
  [9_000, 'ok', /agrees/],
  [600_000, 'warn', /10 min ahead/],
  [-600_000, 'warn', /9 min behind|10 min behind/],
  [Number.NaN, 'warn', /does not tell/],
])('judges a clock that is %d ms ahead: %s', (offset, status, message) => {
  const now = 1_800_000_000_000;
  expect(judgeClock(now + offset, now - 20, now + 20)).toMatchObject({
    status,
    message: expect.stringMatching(message),
  });
});

it('warns of a manager of another version, names both and says what to do', () => {
  expect(judgeVersion('1.4.0', '1.4.0').status).toBe('ok');
  expect(judgeVersion('1.4.0', '1.3.0')).toMatchObject({
    status: 'warn',
    message: 'the manager is 1.3.0, fedops was made for 1.4.0',
    advice: expect.stringContaining('npm install'),
  });
});
