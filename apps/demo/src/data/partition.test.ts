import { expect, test } from '@jest/globals';
import { parsePartition, partitionText } from './partition.js';

test.each([
  ['iid', { kind: 'iid' }],
  ['shards:2', { kind: 'shards', perClient: 2 }],
  ['dirichlet:0.5', { kind: 'dirichlet', alpha: 0.5 }],
  ['dirichlet:10', { kind: 'dirichlet', alpha: 10 }],
] as const)('reads %s, and writes it back', (text, partition) => {
  expect(parsePartition(text)).toEqual(partition);
  expect(partitionText(partition)).toBe(text);
});

test.each([
  '',
  'IID',
  'iid:1',
  'shards',
  'shards:',
  'shards:0',
  'shards:1.5',
  'shards:-2',
  'dirichlet',
  'dirichlet:0',
  'dirichlet:-1',
  'dirichlet:NaN',
  'dirichlet:Infinity',
  'random',
  ' iid',
])('refuses %j', (text) => {
  expect(() => parsePartition(text)).toThrow(
    expect.objectContaining({ code: 'invalid-argument', details: { field: 'partition' } }),
  );
});
