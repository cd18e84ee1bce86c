import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLineSplitter } from './line-splitter.js';

function linesOf(pieces: readonly string[], maxLength = 100): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter(maxLength, (line) => lines.push(line));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
}

test('gives out lines however the text is cut into pieces', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '\n', '\r\n', '\r')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 5 }), (whole, size) => {
      const pieces = whole.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect(linesOf(pieces)).toEqual(whole.split(/[\r\n]+/).filter((line) => line !== ''));
    }),
  );
});

test('gives out a line that never ended', () => {
  expect(linesOf(['one\ntw', 'o'])).toEqual(['one', 'two']);
});

test('cuts off long lines, and goes on with the next', () => {
  expect(linesOf(['abcd', 'efgh\nnext\n'], 6)).toEqual(['abcdef', 'next']);
});
