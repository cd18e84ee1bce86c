import { expect, test } from '@jest/globals';
import { createByteBudget } from './byte-budget.js';

const forever = new AbortController().signal;

/** Whether a promise has settled once everything that could go on has gone on. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

test('lets in what fits, and the next when room is given back', async () => {
  const budget = createByteBudget(10);
  const release = await budget.take(6, forever);
  const second = budget.take(6, forever);

  expect(await isSettled(second)).toBe(false);
  release();
  expect(await isSettled(second)).toBe(true);
});

test('lets in what is larger than all there is, alone', async () => {
  const budget = createByteBudget(10);
  const release = await budget.take(100, forever);
  const second = budget.take(1, forever);

  expect(await isSettled(second)).toBe(false);
  release();
  expect(await isSettled(second)).toBe(true);
});

test('keeps the order, so that a large one is not passed for ever', async () => {
  const budget = createByteBudget(10);
  const release = await budget.take(6, forever);
  const large = budget.take(9, forever);
  const small = budget.take(1, forever);

  expect(await isSettled(small)).toBe(false);
  release();
  expect(await isSettled(large)).toBe(true);
});

test('gives room back once, however often it is told to', async () => {
  const budget = createByteBudget(10);
  const release = await budget.take(6, forever);
  release();
  release();
  await budget.take(10, forever);

  expect(await isSettled(budget.take(1, forever))).toBe(false);
});

test('forgets who gives up waiting', async () => {
  const budget = createByteBudget(10);
  const release = await budget.take(10, forever);
  const patience = new AbortController();
  const given = budget.take(10, patience.signal);
  patience.abort(new Error('enough'));

  await expect(given).rejects.toThrow('enough');
  release();
  expect(await isSettled(budget.take(10, forever))).toBe(true);
});
