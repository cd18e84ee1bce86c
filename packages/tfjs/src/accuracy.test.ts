import { expect, test } from '@jest/globals';
import { countCorrect } from './accuracy.js';

test('counts the rows whose largest output is the true class', () => {
  const outputs = [0.1, 0.9, 3, -1, -5, -4];
  const targets = [0, 1, 0, 1, 0, 1];

  expect(countCorrect(outputs, targets, 2)).toBe(2);
});
