import { describe, expect, it } from '@jest/globals';
import { parsePlainTable } from './plain-table.js';

describe('parsePlainTable', () => {
  it('reads records by column name, empty fields included, with either line end', () => {
    expect(parsePlainTable('a,b\n1,\n2,x\n')).toEqual([
      { a: '1', b: '' },
      { a: '2', b: 'x' },
    ]);
    expect(parsePlainTable('a,b\r\n1,2\r\n')).toEqual([{ a: '1', b: '2' }]);
  });

  it.each([
    ['a field too few', 'a,b\n1'],
    ['a field too many', 'a,b\n1,2,3'],
    ['a quote', 'a,b\n"1,5",2'],
    ['a blank line', 'a,b\n1,2\n\n3,4'],
  ])('refuses a table with %s', (_what, table) => {
    expect(() => parsePlainTable(table)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
