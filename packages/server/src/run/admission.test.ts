import { expect, it } from '@jest/globals';
import { codeThrownBy } from '../../test/error-code.js';
import { aModel, aPlan, id, START } from '../../test/run-samples.js';
import { JournalRecordSchema } from '../journal/journal-record.js';
import { absentListed, admissionTo } from './admission.js';

const listed = aPlan({ clients: { kind: 'listed', ids: ['a', 'b', 'c'].map(id) } });

it('admits everybody where nobody is listed, and else the listed ones alone', () => {
  expect(() => admissionTo(aPlan())(id('x'))).not.toThrow();
  expect(() => admissionTo(listed)(id('a'))).not.toThrow();
  expect(codeThrownBy(() => admissionTo(listed)(id('x')))).toBe('permission-denied');
  expect(codeThrownBy(() => admissionTo(listed)(id('A')))).toBe('permission-denied');
});

it('misses the listed clients that are not there, and nobody where everybody may come', () => {
  expect(absentListed(listed, ['b', 'x'].map(id))).toEqual(['a', 'c']);
  expect(absentListed(aPlan(), [])).toEqual([]);
});

it('is as it was in the journal of a server that knew no lists: everybody may come', () => {
  const { clients: _, ...plan } = aPlan();
  const began = { kind: 'run-began', plan, model: aModel(), at: START };
  expect(JournalRecordSchema.parse(began)).toMatchObject({ plan: { clients: { kind: 'any' } } });
});
