import { describe, expect, it } from '@jest/globals';
import { createTask, registerDevice, type StartedManager, startManager, until } from './manager.js';

const listed = (...ids: string[]) => ({ clients: { kind: 'listed', ids } });
const start = (manager: StartedManager, body: object) =>
  manager.ask('POST', '/v1/tasks/mnist/runs', { body });

async function aTask(run: object = {}) {
  const manager = await startManager();
  await createTask(manager, { run });
  const tokens = {
    d1: await registerDevice(manager, 'd1'),
    d2: await registerDevice(manager, 'd2', { clientId: 'client-of-d2' }),
    d3: await registerDevice(manager, 'd3'),
  };
  const ask = (device: keyof typeof tokens, runId = '') =>
    manager.ask('GET', `/v1/tasks/mnist/devices/${device}/instruction?waitMs=0${runId && `&run=${runId}`}`, {
      token: tokens[device],
    });
  const beat = async (device: keyof typeof tokens) =>
    (
      await manager.ask('POST', `/v1/tasks/mnist/devices/${device}/heartbeat`, {
        token: tokens[device],
        body: { activity: { kind: 'idle' } },
      })
    ).json;
  return { manager, ask, beat };
}

async function running(manager: StartedManager, body: object): Promise<string> {
  const { status, json } = await start(manager, body);
  expect(status).toBe(201);
  manager.launcher.server(json.runId).ready();
  const state = async () => (await manager.ask('GET', `/v1/runs/${json.runId}`)).json.state.status;
  await until(async () => (await state()) === 'running');
  return json.runId;
}

describe('a run for chosen clients', () => {
  it('starts the chosen devices; the others wait, are told so, and take part in the next run', async () => {
    const { manager, ask, beat } = await aTask();
    const runId = await running(manager, listed('d1', 'd2'));
    expect((await ask('d1')).json).toMatchObject({ kind: 'start', runId });
    expect((await ask('d2')).json).toMatchObject({ kind: 'start', runId });
    expect((await ask('d3')).status).toBe(204);
    expect(await beat('d1')).toMatchObject({ runId, isChosen: true });
    expect(await beat('d3')).toMatchObject({ runId, isChosen: false });

    manager.launcher.server(runId).goes();
    await until(async () => (await ask('d1', runId)).json?.kind === 'failed');
    expect(await beat('d3')).toMatchObject({ runId: null, isChosen: true });
    const next = await running(manager, {});
    expect((await ask('d3')).json).toMatchObject({ kind: 'start', runId: next });
  });

  it('names them to the FL server by the ids under which they take part, and keeps the list', async () => {
    const { manager } = await aTask();
    const { json } = await start(manager, listed('d2', 'd1'));
    const clients = { kind: 'listed', ids: ['client-of-d2', 'd1'] };
    expect(manager.launcher.launched).toMatchObject([{ settings: { clients } }]);
    expect((await manager.ask('GET', `/v1/runs/${json.runId}`)).json.settings.clients).toEqual(clients);
    expect((await manager.ask('GET', '/v1/runs')).json[0].settings.clients).toEqual(clients);
  });

  it.each([
    ['a device that is not known', listed('d1', 'nobody'), 404, 'not-found'],
    ['two names of one client', listed('d2', 'client-of-d2'), 400, 'invalid-argument'],
    ['the same device twice', listed('d1', 'd1'), 400, 'invalid-argument'],
    ['an empty list', listed(), 400, 'invalid-argument'],
    [
      'a round of more clients than are listed',
      { ...listed('d1', 'd2'), clientsPerRound: { kind: 'all', atLeast: 3 } },
      400,
      'invalid-argument',
    ],
  ])('does not begin for %s', async (_name, body, status, code) => {
    const { manager } = await aTask();
    const answer = await start(manager, body);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(manager.launcher.launched).toEqual([]);
  });

  it("does not begin where the task's own settings ask for more clients", async () => {
    const { manager } = await aTask({ clientsPerRound: { kind: 'count', count: 3 } });
    const { status, json } = await start(manager, listed('d1'));
    expect([status, json.details.fields[0].field]).toEqual([400, 'clientsPerRound.count']);
  });

  it('is for the same devices after the manager was restarted', async () => {
    const { manager } = await aTask();
    const runId = await running(manager, listed('d1'));
    await manager.close();
    const again = await startManager({ dataDir: manager.dataDir }, { clock: manager.clock });
    again.launcher.server(runId).ready();
    await until(async () => (await again.ask('GET', `/v1/runs/${runId}`)).json.state.status === 'running');
    expect((await again.ask('GET', `/v1/runs/${runId}`)).json.settings.clients.ids).toEqual(['d1']);
    const token = await registerDevice(again, 'd3');
    const { status } = await again.ask('GET', '/v1/tasks/mnist/devices/d3/instruction?waitMs=0', { token });
    expect(status).toBe(204);
  });
});

it('counts the listed devices alone for a run that begins when devices are ready', async () => {
  const manager = await startManager();
  await createTask(manager, {
    trigger: { kind: 'devices-ready', devices: 1, pauseMs: 0 },
    run: listed('d1'),
  });
  const idle = async (device: string) => {
    const token = await registerDevice(manager, device);
    const path = `/v1/tasks/mnist/devices/${device}/heartbeat`;
    await manager.ask('POST', path, { token, body: { activity: { kind: 'idle' } } });
  };
  await idle('d2');
  await manager.clock.advance(1_000);
  expect(manager.launcher.launched).toEqual([]);
  await idle('d1');
  await until(() => manager.launcher.launched.length === 1);
  expect(manager.launcher.launched).toMatchObject([{ settings: { clients: { ids: ['d1'] } } }]);
});
