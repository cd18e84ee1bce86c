import { expect, test } from '@jest/globals';
import { stableWeightNames } from './weight-names.js';

test('keeps the names that somebody chose', () => {
  const layers = [{ name: 'hidden1', className: 'Dense', weights: ['hidden1/kernel', 'hidden1/bias'] }];

  expect(stableWeightNames(layers)).toEqual(['hidden1/kernel', 'hidden1/bias']);
});

test('counts automatic names within the model, by kind of layer', () => {
  const dense = (n: number) => ({
    name: `dense_Dense${n}`,
    className: 'Dense',
    weights: [`dense_Dense${n}/kernel`],
  });
  const conv = { name: 'conv2d_Conv2D14', className: 'Conv2D', weights: ['conv2d_Conv2D14/kernel'] };

  expect(stableWeightNames([dense(7), conv, dense(12)])).toEqual([
    'dense_1/kernel',
    'conv2d_1/kernel',
    'dense_2/kernel',
  ]);
});

test('does not count layers without weights', () => {
  const flatten = { name: 'flatten_Flatten3', className: 'Flatten', weights: [] };
  const dense = { name: 'dense_Dense9', className: 'Dense', weights: ['dense_Dense9/bias'] };

  expect(stableWeightNames([flatten, dense])).toEqual(['dense_1/bias']);
});

test('takes the counters out of inner layers', () => {
  const name = 'bidirectional_Bidirectional2';
  const weights = ['forward_gru/gru_cell_GRUCell5/kernel', 'backward_gru/gru_cell_GRUCell6/kernel'];
  const layer = { name, className: 'Bidirectional', weights: weights.map((weight) => `${name}/${weight}`) };

  expect(stableWeightNames([layer])).toEqual([
    'bidirectional_1/forward_gru/gru_cell/kernel',
    'bidirectional_1/backward_gru/gru_cell/kernel',
  ]);
});

test('names of a nested model do not depend on its number', () => {
  const nested = (n: number) => ({
    name: `sequential_${n}`,
    className: 'Sequential',
    weights: [`dense_Dense${n}/kernel`, `dense_Dense${n + 1}/kernel`],
  });

  expect(stableWeightNames([nested(3)])).toEqual([
    'sequential_1/dense/kernel',
    'sequential_1/dense/kernel_2',
  ]);
  expect(stableWeightNames([nested(8)])).toEqual(stableWeightNames([nested(3)]));
});

test('all names differ, even where a chosen one looks like an automatic one', () => {
  const chosen = { name: 'dense_1', className: 'Dense', weights: ['dense_1/kernel'] };
  const automatic = { name: 'dense_Dense4', className: 'Dense', weights: ['dense_Dense4/kernel'] };

  expect(stableWeightNames([chosen, automatic])).toEqual(['dense_1/kernel', 'dense_1/kernel_2']);
});
