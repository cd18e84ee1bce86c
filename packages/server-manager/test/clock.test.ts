import { describe, expect, it } from '@jest/globals';
import { createTask, registerDevice, type StartedManager, startManager, until } from './manager.js';

const TEN_MINUTES_MS = 600_000;

async function device(manager: StartedManager) {
  return (await manager.ask('GET', '/v1/tasks/mnist/devices/d1')).json;
}

describe("a manager's clock that is set", () => {
  it.each([TEN_MINUTES_MS, -TEN_MINUTES_MS])(
    'by %i ms makes no device stale, and its lease runs on',
    async (jump) => {
      const manager = await startManager();
      await createTask(manager);
      await registerDevice(manager, 'd1');
      await manager.clock.advance(20_000);
      const before = await device(manager);
      manager.clock.jump(jump);
      const after = await device(manager);
      expect(after.presence.state).toBe('online');
      expect(Date.parse(after.lastSeen) - Date.parse(before.lastSeen)).toBe(jump);
      await manager.clock.advance(10_001);
      expect((await device(manager)).presence.state).toBe('stale');
    },
  );

  it.each([TEN_MINUTES_MS, -TEN_MINUTES_MS])('by %i ms neither prolongs nor ends a run', async (jump) => {
    const manager = await startManager();
    await createTask(manager, { run: { runMs: 60_000 } });
    const { json } = await manager.ask('POST', '/v1/tasks/mnist/runs');
    const status = async () => (await manager.ask('GET', `/v1/runs/${json.runId}`)).json.state.status;
    manager.launcher.server(json.runId).ready();
    await until(async () => (await status()) === 'running');
    manager.clock.jump(jump);
    await manager.clock.advance(59_000);
    expect(await status()).toBe('running');
    await manager.clock.advance(2_000);
    await until(async () => (await status()) === 'failed');
  });

  it('back, starts no run of a schedule before its time, and none twice', async () => {
    const manager = await startManager();
    await createTask(manager, { trigger: { kind: 'cron', expression: '30 0 * * *' } });
    await manager.clock.advance(TEN_MINUTES_MS);
    manager.clock.jump(-TEN_MINUTES_MS);
    await manager.clock.advance(3 * TEN_MINUTES_MS - 1_000);
    expect(manager.launcher.launched).toHaveLength(0);
    await manager.clock.advance(2_000);
    await until(() => manager.launcher.launched.length === 1);
    const [{ runId }] = (await manager.ask('GET', '/v1/runs')).json;
    manager.launcher.server(runId).goes();
    await until(async () => (await manager.ask('GET', `/v1/runs/${runId}`)).json.state.status === 'failed');
    manager.clock.jump(-TEN_MINUTES_MS);
    await manager.clock.advance(2 * TEN_MINUTES_MS);
    expect((await manager.ask('GET', '/v1/runs')).json).toHaveLength(1);
  });

  it('forward, starts a run of a schedule by the new time', async () => {
    const manager = await startManager();
    await createTask(manager, { trigger: { kind: 'cron', expression: '30 0 * * *' } });
    await manager.clock.advance(2 * TEN_MINUTES_MS - 1_000);
    manager.clock.jump(TEN_MINUTES_MS);
    expect(manager.launcher.launched).toHaveLength(0);
    await manager.clock.advance(61_000);
    await until(() => manager.launcher.launched.length === 1);
  });
});

describe('a manager that was away for a long time, or whose clock was set meanwhile', () => {
  it('does not take an FL server for one that is not ready before it has looked for it', async () => {
    const first = await startManager();
    await createTask(first);
    const { json } = await first.ask('POST', '/v1/tasks/mnist/runs');
    await first.close();
    first.clock.jump(TEN_MINUTES_MS);
    const second = await startManager(
      { dataDir: first.dataDir },
      { clock: first.clock, models: first.models },
    );
    await second.clock.advance(1_000);
    second.launcher.server(json.runId).ready();
    const status = async () => (await second.ask('GET', `/v1/runs/${json.runId}`)).json.state.status;
    await until(async () => (await status()) === 'running');
  });

  it('hears how a run ended that would have had to end before', async () => {
    const first = await startManager();
    await createTask(first, { run: { runMs: 60_000 } });
    const { json } = await first.ask('POST', '/v1/tasks/mnist/runs');
    first.launcher.server(json.runId).ready();
    const state = async (manager: StartedManager) =>
      (await manager.ask('GET', `/v1/runs/${json.runId}`)).json.state;
    await until(async () => (await state(first)).status === 'running');
    await first.close();
    first.clock.jump(TEN_MINUTES_MS);
    const second = await startManager(
      { dataDir: first.dataDir },
      { clock: first.clock, models: first.models },
    );
    await second.clock.advance(1_000);
    second.launcher.server(json.runId).end({ kind: 'failed', reason: 'quorum-not-met', message: 'too few' });
    await until(async () => (await state(second)).status === 'failed');
    expect((await state(second)).reason).toBe('quorum-not-met');
  });
});
