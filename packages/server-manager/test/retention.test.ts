import { expect, it } from '@jest/globals';
import { createTask, startManager, until } from './manager.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function managerWithPast(retention: object) {
  const manager = await startManager({ retention });
  await createTask(manager);
  const rows = (values: object) => ({ body: { rows: [{ kind: 'custom', values }] } });
  await manager.ask('POST', '/v1/tasks/mnist/metrics', rows({ old: true }));
  const { json } = await manager.ask('POST', '/v1/tasks/mnist/runs');
  manager.launcher.server(json.runId).goes();
  const state = async () => (await manager.ask('GET', `/v1/runs/${json.runId}`)).json.state.status;
  await until(async () => (await state()) === 'failed');
  manager.clock.jump(DAY_MS);
  await manager.ask('POST', '/v1/tasks/mnist/metrics', rows({ old: false }));
  await manager.ask('POST', '/v1/tasks/mnist/runs');
  const kept = async () =>
    (await manager.ask('GET', '/v1/tasks/mnist/metrics')).json.map(
      ({ values }: { values: object }) => values,
    );
  return { manager, kept, oldRun: json.runId as string };
}

it('throws away measurements, and logs of runs that are over, once they are as old as is set', async () => {
  const { manager, kept, oldRun } = await managerWithPast({ metricsMs: DAY_MS, logsMs: DAY_MS });
  await manager.clock.advance(61_000);
  await until(async () => (await kept()).length === 1);
  expect(await kept()).toEqual([{ old: false }]);
  await until(() => manager.launcher.forgotten.length > 0);
  expect(manager.launcher.forgotten).toEqual([oldRun]);
  expect((await manager.ask('GET', `/v1/runs/${oldRun}`)).status).toBe(200);
  manager.clock.jump(DAY_MS);
  await manager.clock.advance(HOUR_MS);
  await until(async () => (await kept()).length === 0);
  expect(manager.launcher.forgotten).toEqual([oldRun]);
});

it('keeps for ever what is set to null', async () => {
  const { manager, kept } = await managerWithPast({ metricsMs: null, logsMs: null });
  await manager.clock.advance(61_000);
  expect(await kept()).toHaveLength(2);
  expect(manager.launcher.forgotten).toEqual([]);
});

it('keeps so many measurements of a task as are set, whoever sends them, and lets the oldest go', async () => {
  const manager = await startManager({ retention: { metricRowsPerTask: 2 } });
  await createTask(manager);
  const path = '/v1/tasks/mnist/metrics';
  for (const n of [1, 2, 3]) {
    await manager.ask('POST', path, { body: { rows: [{ kind: 'custom', values: { n } }] } });
  }
  await manager.ask('PUT', '/client_perf/train_result/mnist', { body: { n: 4 } });
  const { json } = await manager.ask('GET', path);
  expect(json.map(({ values }: { values: object }) => values)).toEqual([{ n: 3 }, { n: 4 }]);
});
