import { join } from 'node:path';
import type { WorkOrigin } from '@fedops/client-session';
import { createParameters } from '@fedops/parameters';
import { expect, test } from '@jest/globals';
import { evaluateTask, fitTask } from './task-document.js';

const input = {
  parameters: createParameters([{ name: 'w', shape: [1], dtype: 'float32' }], [new Float32Array(1)]),
  round: 3,
  seed: 4_294_967_295,
  config: { localEpochs: 2, optimizer: 'sgd', isLast: false },
};

/** The contract as programs rely on it. */
const facts = {
  fedopsTask: 1,
  round: 3,
  seed: 4_294_967_295,
  config: { localEpochs: 2, optimizer: 'sgd', isLast: false },
};

test('a task to fit names where to read and where to write', () => {
  expect(fitTask(input, { directory: 'task', format: 'safetensors' })).toEqual({
    ...facts,
    kind: 'fit',
    format: 'safetensors',
    parameters: join('task', 'parameters.safetensors'),
    result: join('task', 'result.json'),
    resultParameters: join('task', 'result.safetensors'),
  });
});

test('a task to evaluate asks for no parameters', () => {
  expect(evaluateTask(input, { directory: 'task', format: 'npz' })).toEqual({
    ...facts,
    kind: 'evaluate',
    format: 'npz',
    parameters: join('task', 'parameters.npz'),
    result: join('task', 'result.json'),
  });
});

test('a task tells whose work it is, where its caller does', () => {
  const origin = { taskId: 'mnist', runId: 'v2', clientId: 'device-7' } as WorkOrigin;
  const place = { directory: 'task', format: 'npz' } as const;

  expect(fitTask({ ...input, ...origin }, place)).toMatchObject(origin);
  expect(evaluateTask({ ...input, ...origin }, place)).toMatchObject(origin);
});
