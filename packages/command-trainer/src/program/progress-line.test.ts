import { expect, test } from '@jest/globals';
import { progressOf } from './progress-line.js';

test.each([
  ['progress 0', 0],
  ['progress 0.4', 0.4],
  ['progress  1.0 ', 1],
  ['progress 1', 1],
  ['progress 5e-05', 0.00005],
])('%j tells of progress', (line, fraction) => {
  expect(progressOf(line)).toBe(fraction);
});

test.each([
  'progress',
  'progress 40%',
  'progress 1.1',
  'progress -0.1',
  'progress nan',
  'progress 0x1',
  'progress 0.4 of it',
  'in progress 0.4',
  'Progress 0.4',
  `progress 0.${'1'.repeat(1_000)}`,
])('%j is a line like any other', (line) => {
  expect(progressOf(line)).toBeUndefined();
});
