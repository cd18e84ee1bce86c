import { describe, expect, test } from '@jest/globals';
import { createTextTail, lastLineOf } from './text-tail.js';

describe('the tail of a text', () => {
  test('is all of a short text', () => {
    const tail = createTextTail(10);
    tail.push('one ');
    tail.push('two');
    expect(tail.text()).toBe('one two');
  });

  test('is the end of a long one', () => {
    const tail = createTextTail(5);
    tail.push('x'.repeat(1_000_000));
    tail.push('abc');
    expect(tail.text()).toBe('xxabc');
  });
});

describe('the last line', () => {
  test('is the last that says something', () => {
    expect(lastLineOf('Traceback\nValueError: no data\n\n  \n', 100)).toBe('ValueError: no data');
  });

  test('has no control characters and is cut off', () => {
    expect(lastLineOf('\u001b[31mred\u0007 alert', 10)).toBe('[31mred  a');
  });

  test('is undefined where nothing was said', () => {
    expect(lastLineOf(' \n\r\n', 10)).toBeUndefined();
  });
});
