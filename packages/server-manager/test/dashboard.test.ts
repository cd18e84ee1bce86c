import { describe, expect, it } from '@jest/globals';
import { createTask, registerDevice, type StartedManager, startManager, until } from './manager.js';

const sighting = (mac: string, more: object = {}) => ({
  body: {
    FL_task_ID: 'mnist',
    Device_mac: mac,
    Device_hostname: 'pi',
    Device_online: true,
    Device_training: false,
    ...more,
  },
});

async function aTask() {
  const manager = await startManager();
  await createTask(manager);
  return manager;
}

async function withServer(manager: StartedManager): Promise<string> {
  const { json } = await manager.ask('POST', '/v1/tasks/mnist/runs');
  manager.launcher.server(json.runId).ready(40_999);
  await until(async () => (await manager.ask('GET', '/FLSe/CheckServerReady/mnist')).json.ready);
  return json.runId;
}

const get = async (manager: StartedManager, path: string) => (await manager.ask('GET', path)).json;

describe("the clusters that Python's dashboard gives devices", () => {
  it('are kept per task and MAC, shown, and survive the manager; 0 is a cluster', async () => {
    const manager = await aTask();
    for (const mac of ['aa', 'bb', 'cc']) await manager.ask('PUT', '/FLSe/RegisterFLTask', sighting(mac));
    const one = await manager.ask('PUT', '/FLSe/cluster/mnist', {
      body: { client_mac: 'aa', cluster_id: 0 },
    });
    expect(one.json).toEqual({ ok: true, cluster_id: 0 });
    const assignments = [
      { device_mac: 'bb', cluster_id: 7 },
      { device_mac: 'nobody', cluster_id: 7 },
    ];
    const { json } = await manager.ask('POST', '/FLSe/BulkAssignCluster/mnist', { body: { assignments } });
    expect(json).toEqual({
      task_id: 'mnist',
      results: [
        { device_mac: 'bb', cluster_id: 7, status: 'assigned' },
        { device_mac: 'nobody', cluster_id: 7, status: 'unknown device' },
      ],
      total_assigned: 1,
    });
    await manager.ask('PUT', '/FLSe/RegisterFLTask', sighting('aa'));
    await manager.close();
    const again = await startManager({ dataDir: manager.dataDir });
    const { cluster_stats } = await get(again, '/FLSe/GetTaskSummary/mnist');
    expect(cluster_stats).toEqual({ 0: 1, 7: 1, unassigned: 1 });
  });

  it('are taken away by null, and refused where they are no integer or the task is unknown', async () => {
    const manager = await aTask();
    await manager.ask('PUT', '/FLSe/RegisterFLTask', sighting('aa', { clusterId: 3 }));
    const put = (taskId: string, cluster_id: unknown) =>
      manager.ask('PUT', `/FLSe/cluster/${taskId}`, { body: { client_mac: 'aa', cluster_id } });
    expect((await get(manager, '/FLSe/GetFLTask/mnist'))[0].cluster_id).toBe(3);
    expect((await put('mnist', null)).status).toBe(200);
    expect((await get(manager, '/FLSe/GetFLTask/mnist'))[0].cluster_id).toBeNull();
    expect((await put('mnist', 'three')).status).toBe(400);
    expect((await put('none', 3)).status).toBe(404);
  });
});

describe("what Python's dashboard asks of a task", () => {
  it('says that there is no FL server before one is ready, and where it is then', async () => {
    const manager = await aTask();
    expect(await get(manager, '/FLSe/status/mnist')).toEqual({
      task_id: 'mnist',
      status: { status: 'Task Initialized - Server Not Created' },
    });
    expect(await get(manager, '/FLSe/CheckServerReady/mnist')).toMatchObject({
      ready: false,
      fl_ready: false,
    });
    expect(await get(manager, '/FLSe/getConnectionInfo/mnist')).toMatchObject({
      port: null,
      external_ip: null,
    });
    await withServer(manager);
    const address = { port: 40_999, external_ip: '127.0.0.1' };
    expect(await get(manager, '/FLSe/status/mnist')).toMatchObject({
      status: { status: 'FL Server Running', ...address },
    });
    expect(await get(manager, '/FLSe/CheckServerReady/mnist')).toMatchObject({
      ready: true,
      connection_info: address,
    });
    expect(await get(manager, '/FLSe/getConnectionInfo/mnist')).toMatchObject({
      ...address,
      server_address: '127.0.0.1:40999',
    });
  });

  it('counts devices of either API, online and training', async () => {
    const manager = await aTask();
    await manager.ask('PUT', '/FLSe/RegisterFLTask', sighting('aa', { Device_training: true }));
    await manager.ask('PUT', '/FLSe/RegisterFLTask', sighting('bb', { Device_online: false }));
    await registerDevice(manager, 'd1');
    expect((await get(manager, '/FLSe/GetTaskSummary/mnist')).client_stats).toEqual({
      total: 3,
      online: 1,
      training: 1,
      offline: 2,
    });
    const available = await get(manager, '/FLSe/GetAvailableClients/mnist');
    expect(available).toMatchObject({ total_count: 1, available_clients: [{ device_mac: 'aa' }] });
  });

  it.each(['/FLSe/info/none/aa', '/FLSe/GetFLTask/none', '/FLSe/status/none', '/FLSe/GetTaskSummary/none'])(
    'answers %s of an unknown task as Python does, and makes no task of it',
    async (path) => {
      const manager = await startManager();
      const { status, json } = await manager.ask('GET', path);
      expect([status, json]).toEqual([200, { error: 'there is no task none' }]);
      expect(await get(manager, '/v1/tasks')).toEqual([]);
    },
  );
});

describe("a run that Python's dashboard starts", () => {
  it('begins with the settings that it sends as texts, and once', async () => {
    const manager = await aTask();
    const body = {
      task_id: 'mnist',
      num_rounds: '7',
      client_per_round: '2',
      num_epochs: '4',
      strategy: 'fedavg',
    };
    expect((await manager.ask('POST', '/FLSe/teststartTask', { body })).json.status).toBe('Task started.');
    expect((await manager.ask('POST', '/FLSe/startTask', { body })).json.status).toBe('already started');
    expect(manager.launcher.launched).toMatchObject([
      {
        settings: {
          rounds: 7,
          clientsPerRound: { kind: 'count', count: 2 },
          fitConfig: { localEpochs: 4 },
        },
      },
    ]);
  });

  it('waits for a start of its own where the settings are to be saved only', async () => {
    const manager = await aTask();
    const body = { task_id: 'mnist', num_rounds: '7' };
    await manager.ask('POST', '/FLSe/scalableStartTask', { body });
    expect(manager.launcher.launched).toEqual([]);
    expect((await get(manager, '/v1/tasks/mnist')).run.rounds).toBe(7);
  });

  it.each([
    ['a strategy that there is not', { strategy: 'FedMystery' }, 501],
    ['rounds that are no number', { num_rounds: 'many' }, 400],
  ])('is refused with %s', async (_name, more, status) => {
    const manager = await aTask();
    const body = { task_id: 'mnist', ...more };
    expect((await manager.ask('POST', '/FLSe/teststartTask', { body })).status).toBe(status);
    expect(manager.launcher.launched).toEqual([]);
  });
});

describe("a run that Python's dashboard starts for selected devices", () => {
  const PATH = '/FLSe/StartFLWithSelectedClients/mnist';
  const select = (manager: StartedManager, macs: readonly string[], more: object = {}) =>
    manager.ask('POST', PATH, { body: { selected_devices: macs, server_type: 'scalable', ...more } });

  it('is for the clients of their MACs alone, and each round takes all of them', async () => {
    const manager = await aTask();
    await registerDevice(manager, 'd1', { mac: 'aa', clientId: 'client-of-d1' });
    await registerDevice(manager, 'd2', { mac: 'bb' });
    await registerDevice(manager, 'd3', { mac: 'cc' });
    const { status, json } = await select(manager, ['bb', 'aa'], { fl_config: { num_rounds: '4' } });
    expect([status, json]).toEqual([
      200,
      {
        status: 'Task started.',
        task_id: 'mnist',
        selected_devices: ['bb', 'aa'],
        server_type: 'scalable',
        total_selected: 2,
      },
    ]);
    expect(manager.launcher.launched).toMatchObject([
      {
        settings: {
          rounds: 4,
          clients: { kind: 'listed', ids: ['d2', 'client-of-d1'] },
          clientsPerRound: { kind: 'count', count: 2 },
        },
      },
    ]);
    expect((await select(manager, ['cc'])).status).toBe(409);
  });

  it.each(['/FLSe/startTask', '/FLSe/teststartTask'])(
    'is for the devices listed with %s alone',
    async (path) => {
      const manager = await aTask();
      await registerDevice(manager, 'd1', { mac: 'aa', clientId: 'client-of-d1' });
      await registerDevice(manager, 'd2', { mac: 'bb' });
      const ask = (devices: readonly string[]) =>
        manager.ask('POST', path, { body: { task_id: 'mnist', devices } });
      expect((await ask(['zz'])).json).toEqual({ error: 'task mnist has no device with the MAC zz' });
      expect(manager.launcher.launched).toEqual([]);
      expect((await ask(['aa'])).json.status).toBe('Task started.');
      expect(manager.launcher.launched).toMatchObject([
        {
          settings: {
            clients: { kind: 'listed', ids: ['client-of-d1'] },
            clientsPerRound: { kind: 'count', count: 1 },
          },
        },
      ]);
      expect((await ask(['bb'])).json.status).toBe('already started');
    },
  );

  it('keeps no settings that come with a MAC that no device has', async () => {
    const manager = await aTask();
    const before = (await get(manager, '/v1/tasks/mnist')).run;
    const body = { task_id: 'mnist', devices: ['zz'], num_rounds: '7' };
    expect((await manager.ask('POST', '/FLSe/teststartTask', { body })).json).toEqual({
      error: 'task mnist has no device with the MAC zz',
    });
    expect((await get(manager, '/v1/tasks/mnist')).run).toEqual(before);
  });

  it('is an error in a 200 for a MAC that no device has, and starts nothing', async () => {
    const manager = await aTask();
    await registerDevice(manager, 'd1', { mac: 'aa' });
    const { status, json } = await select(manager, ['aa', 'zz']);
    expect([status, json]).toEqual([200, { error: 'task mnist has no device with the MAC zz' }]);
    expect(manager.launcher.launched).toEqual([]);
  });

  it('is refused for nobody, and for a device whose client brings no name', async () => {
    const manager = await aTask();
    expect((await select(manager, [])).status).toBe(400);
    await manager.ask('PUT', '/FLSe/RegisterFLTask', { body: { FL_task_ID: 'mnist', Device_mac: 'aa' } });
    const { status, json } = await select(manager, ['aa']);
    expect([status, json.code]).toEqual([501, 'unsupported']);
    expect(manager.launcher.launched).toEqual([]);
  });

  it('is not ready for a device that was not selected, which goes on waiting', async () => {
    const manager = await aTask();
    await registerDevice(manager, 'd1', { mac: 'aa' });
    const { json } = await select(manager, ['aa']);
    expect(json.status).toBe('Task started.');
    const runId = manager.launcher.launched[0]!.runId;
    manager.launcher.server(runId).ready();
    const isReady = async (mac: string) =>
      (await get(manager, `/FLSe/info/mnist/${mac}`)).Server_Status.FLSeReady;
    await until(() => isReady('aa'));
    expect(await isReady('bb')).toBe(false);
  });
});

it('offers no shell and no files of FL servers', async () => {
  const manager = await aTask();
  await withServer(manager);
  for (const [method, path] of [
    ['POST', '/web-control/execute-command/mnist'],
    ['POST', '/web-control/save-file/mnist'],
    ['GET', '/web-control/file-content/mnist?file_path=/etc/passwd'],
    ['DELETE', '/web-control/delete/mnist?namespace=default'],
  ] as const) {
    const body = method === 'POST' ? { body: { command: 'id', file_path: '/tmp/x', content: '' } } : {};
    expect((await manager.ask(method, path, body)).status).toBe(404);
  }
});
