import { expect, it } from '@jest/globals';
import { createTask, registerDevice, startManager, until } from './manager.js';

const MINUTE_MS = 60_000;

it('starts a run of a schedule by the time of day of its time zone', async () => {
  const manager = await startManager();
  // Seoul is nine hours ahead of UTC all year, and the clock of the test starts at midnight UTC.
  const trigger = { kind: 'cron', expression: '30 9 * * *', timeZone: 'Asia/Seoul' };
  await createTask(manager, { trigger });
  await manager.clock.advance(29 * MINUTE_MS);
  expect(manager.launcher.launched).toEqual([]);
  await manager.clock.advance(2 * MINUTE_MS);
  await until(() => manager.launcher.launched.length === 1);
});

it('pauses after a run before devices that are ready begin the next', async () => {
  const manager = await startManager();
  await createTask(manager, { trigger: { kind: 'devices-ready', devices: 1, pauseMs: 3 * MINUTE_MS } });
  const token = await registerDevice(manager, 'd1');
  const beat = () =>
    manager.ask('POST', '/v1/tasks/mnist/devices/d1/heartbeat', {
      token,
      body: { activity: { kind: 'idle' } },
    });
  const stayReadyFor = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 10_000) {
      await manager.clock.advance(10_000);
      await beat();
    }
  };
  await beat();
  await until(() => manager.launcher.launched.length === 1);
  const [{ runId }] = (await manager.ask('GET', '/v1/runs')).json;
  manager.launcher.server(runId).goes();
  await until(async () => (await manager.ask('GET', `/v1/runs/${runId}`)).json.state.status === 'failed');
  await stayReadyFor(2 * MINUTE_MS);
  expect((await manager.ask('GET', '/v1/runs')).json).toHaveLength(1);
  await stayReadyFor(2 * MINUTE_MS);
  await until(() => manager.launcher.launched.length === 2);
});
