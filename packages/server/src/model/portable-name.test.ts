import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { portableName } from './portable-name.js';

const nameOf = (id: string) => portableName(id, (text) => createHash('sha256').update(text).digest('hex'));
const anyId = fc.string({ minLength: 1, maxLength: 200, unit: 'binary' });

describe('portableName', () => {
  it('holds only characters that every file system keeps apart, and is short enough', () => {
    fc.assert(fc.property(anyId, (id) => expect(nameOf(id)).toMatch(/^id-[a-z0-9_-]{1,120}$/)));
  });

  it('differs for different ids', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyId, { minLength: 2, maxLength: 20 }), (ids) => {
        expect(new Set(ids.map(nameOf)).size).toBe(ids.length);
      }),
    );
  });

  it.each([
    ['Run', 'run'],
    ['a/b', 'a:b'],
    ['..', '.'],
    ['x_41', 'xA'],
    ['é', 'e\u0301'],
    [`${'x'.repeat(199)}a`, `${'x'.repeat(199)}b`],
    [`${'x'.repeat(60)}_h`, `${'x'.repeat(61)}`],
  ])('keeps %j and %j apart', (one, other) => {
    expect(nameOf(one)).not.toBe(nameOf(other));
  });

  it('never changes for an id, since files are found by it', () => {
    expect([nameOf('v1'), nameOf('Run 7/ä')]).toEqual(['id-v1', 'id-_52un_207_2f_c3_a4']);
  });
});
