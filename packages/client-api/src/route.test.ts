import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { segment } from './route.js';

test.each(['.', '..'])('%p cannot be an id in a path', (id) => {
  expect(() => segment(id)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

test('every other id comes back from the path as it was, and adds nothing to it', () => {
  const ids = fc.string({ minLength: 1, unit: 'grapheme' }).filter((id) => id !== '.' && id !== '..');
  fc.assert(
    fc.property(ids, (id) => {
      const { pathname, search, hash } = new URL(`http://h/FLSe/getPort/${segment(id)}`);
      const parts = pathname.split('/');

      expect(parts).toHaveLength(4);
      expect(decodeURIComponent(parts[3] ?? '')).toBe(id);
      expect(search + hash).toBe('');
    }),
  );
});
