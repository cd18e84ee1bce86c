import { expect, jest, test } from '@jest/globals';
import { getBackend, sum, tensor1d } from '@tensorflow/tfjs-core';
import { useWasmBackend } from '../src/index.js';

test('computes on WebAssembly, and prints nothing', async () => {
  const prints = (['log', 'info', 'warn', 'error'] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation(() => {}),
  );

  await useWasmBackend();
  await useWasmBackend();
  const total = sum(tensor1d([1, 2, 3])).dataSync();

  expect(getBackend()).toBe('wasm');
  expect([...total]).toEqual([6]);
  for (const print of prints) expect(print).not.toHaveBeenCalled();
});
