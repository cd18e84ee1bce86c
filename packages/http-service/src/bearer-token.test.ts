import { describe, expect, it } from '@jest/globals';
import { bearerToken, sameSecret } from './bearer-token.js';

describe('bearerToken', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    [undefined, undefined],
  ])('reads %p as %p', (authorization, token) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect(bearerToken({ headers })).toBe(token);
  });
});

describe('sameSecret', () => {
  it('is true for equal secrets alone, of any length', () => {
    expect(sameSecret('abc', 'abc')).toBe(true);
    expect(sameSecret('abc', 'abd')).toBe(false);
    expect(sameSecret('abc', 'abcd')).toBe(false);
    expect(sameSecret('', 'a')).toBe(false);
  });
});
