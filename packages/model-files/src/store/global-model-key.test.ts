import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { codeThrownBy } from '../../test/error-code.js';
import {
  formatGlobalModelKey,
  GLOBAL_MODEL_EXTENSIONS,
  type GlobalModelKey,
  latestGlobalModel,
  parseGlobalModelKey,
} from './global-model-key.js';

test.each<[string, GlobalModelKey]>([
  [
    'mnist/MNISTClassifier_gl_model_V3.pth',
    { taskId: 'mnist', model: 'MNISTClassifier', version: 3, extension: 'pth' },
  ],
  ['keras/sequential_gl_model_V1.h5', { taskId: 'keras', model: 'sequential', version: 1, extension: 'h5' }],
  ['t/a\nb_gl_model_V1.pt', { taskId: 't', model: 'a\nb', version: 1, extension: 'pt' }],
  ['t/Net_2_gl_model_V12.pt', { taskId: 't', model: 'Net_2', version: 12, extension: 'pt' }],
  [
    'llm/meta-llama/Llama-3.2-1B_gl_model_V2.npz',
    { taskId: 'llm', model: 'meta-llama/Llama-3.2-1B', version: 2, extension: 'npz' },
  ],
])('reads and writes %s', (text, key) => {
  expect(parseGlobalModelKey(text)).toEqual(key);
  expect(formatGlobalModelKey(key)).toBe(text);
});

test.each([
  ['mnist/Net_GL_MODEL_v7.PTH', 7, 'pth'],
  ['mnist/Net_gl_model_V007.h5', 7, 'h5'],
])('reads %s, as Python does', (text, version, extension) => {
  expect(parseGlobalModelKey(text)).toMatchObject({ model: 'Net', version, extension });
});

test.each([
  '',
  'mnist/',
  'Net_gl_model_V1.pth',
  '/Net_gl_model_V1.pth',
  'mnist/_gl_model_V1.pth',
  'mnist/Net_gl_model_V.pth',
  'mnist/Net_gl_model_V0.pth',
  'mnist/Net_gl_model_V-1.pth',
  'mnist/Net_gl_model_V1.pkl',
  'mnist/Net_gl_model_V1.pth.tmp',
  'mnist/Net_gl_model_V1.pth\n',
  'mnist/Net_local_model_V1.pth',
  'mnist/Net_gl_model_V1234567890123456.pth',
  'gl_best/best_params.pt',
])('takes %j for no global model', (text) => {
  expect(parseGlobalModelKey(text)).toBeUndefined();
});

test('a key that was written is read as the same', () => {
  const anyKey = fc.record({
    taskId: fc.string({ unit: 'grapheme', minLength: 1 }).filter((taskId) => !taskId.includes('/')),
    model: fc.string({ unit: 'grapheme', minLength: 1 }),
    version: fc.integer({ min: 1 }),
    extension: fc.constantFrom(...GLOBAL_MODEL_EXTENSIONS),
  });
  fc.assert(
    fc.property(anyKey, (key) => {
      expect(parseGlobalModelKey(formatGlobalModelKey(key))).toEqual(key);
    }),
  );
});

test.each([
  ['a task with a slash', { taskId: 'a/b' }],
  ['no task', { taskId: '' }],
  ['no model', { model: '' }],
  ['version 0', { version: 0 }],
  ['half a version', { version: 1.5 }],
  ['a version beyond whole numbers', { version: 1e21 }],
])('does not write a key for %s', (_, part) => {
  const key = { taskId: 'mnist', model: 'Net', version: 1, extension: 'pth', ...part } as const;

  expect(codeThrownBy(() => formatGlobalModelKey(key))).toBe('invalid-argument');
});

test('finds the highest version of a task, by number and not by text', () => {
  const keys = [
    'mnist/Net_gl_model_V9.pth',
    'mnist/Net_gl_model_V10.pth',
    'mnist/Other_gl_model_V10.pt',
    'mnist/notes.txt',
    'other/Net_gl_model_V11.pth',
    'mnist2/Net_gl_model_V12.pth',
  ];

  expect(latestGlobalModel(keys, 'mnist')).toBe('mnist/Net_gl_model_V10.pth');
  expect(latestGlobalModel(keys, 'none')).toBeUndefined();
});
