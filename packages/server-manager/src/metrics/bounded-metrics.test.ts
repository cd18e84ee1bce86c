import { FedOpsError, type TaskId } from '@fedops/shared-types';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { A, all, B, metric, task } from '../store/compliance/sample-rows.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import type { MetricRows, Store } from '../store/store.js';
import { boundedMetrics } from './bounded-metrics.js';

let store: Store;

beforeEach(async () => {
  store = await openSqliteStore(':memory:');
  for (const taskId of [A, B]) await store.tasks.add(task(taskId));
});
afterEach(() => store.close());

const rowsOf = (taskId: TaskId, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ ...metric(taskId), values: { n: from + i } }));

async function kept(rows: MetricRows, taskId = A): Promise<unknown[]> {
  return (await rows.list({ ...all(taskId), limit: 10_000 })).map(({ values }) => values.n);
}

it('lets the oldest rows of a task go when more come, and none of another task', async () => {
  const rows = boundedMetrics(store.metrics, { rowsPerTask: 3 });
  await rows.add(rowsOf(B, 0, 3));
  await rows.add(rowsOf(A, 0, 2));
  await rows.add(rowsOf(A, 2, 2));
  await rows.putModelRow({ ...metric(A), kind: 'model', clientId: null, values: { n: 4 } });
  expect(await kept(rows)).toEqual([2, 3, 4]);
  expect(await kept(rows, B)).toEqual([0, 1, 2]);
});

it('holds its bound, and a hundredth more at most, however many rows come', async () => {
  const rows = boundedMetrics(store.metrics, { rowsPerTask: 500 });
  for (let n = 0; n < 600; n++) await rows.add(rowsOf(A, n, 1));
  const left = await kept(rows);
  expect(left.length).toBeGreaterThanOrEqual(500);
  expect(left.length).toBeLessThanOrEqual(505);
  expect(left.at(-1)).toBe(599);
});

it('gets a task that has far too many rows to its bound, step by step', async () => {
  for (let n = 0; n < 6_000; n += 1_000) await store.metrics.add(rowsOf(A, n, 1_000));
  const rows = boundedMetrics(store.metrics, { rowsPerTask: 10 });
  for (let n = 6_000; n < 6_003; n++) await rows.add(rowsOf(A, n, 1));
  expect(await kept(rows)).toHaveLength(10);
});

it('keeps nothing where it could make no room, and looks again with the next row', async () => {
  let isBroken = true;
  const rows = boundedMetrics(
    {
      ...store.metrics,
      removeOldest: (...asked) =>
        isBroken
          ? Promise.reject(new FedOpsError('storage', 'the disk is full'))
          : store.metrics.removeOldest(...asked),
    },
    { rowsPerTask: 1_000 },
  );
  for (let i = 0; i < 2; i++) {
    await expect(rows.add(rowsOf(A, 0, 1))).rejects.toMatchObject({ code: 'storage' });
  }
  expect(await kept(rows)).toEqual([]);
  isBroken = false;
  await rows.add(rowsOf(A, 1, 1));
  expect(await kept(rows)).toEqual([1]);
});

it('lets everything stay where there is no bound', async () => {
  const rows = boundedMetrics(store.metrics, { rowsPerTask: null });
  await rows.add(rowsOf(A, 0, 5));
  expect(await kept(rows)).toHaveLength(5);
});
