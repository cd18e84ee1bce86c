import { describe, expect, it } from '@jest/globals';
import { ClientManagerAPI, ClientServerAPI, ServerAPI } from '../src/index.js';
import { aRemoteService, json } from './remote-service.js';
import { managerInfo, notice, serverStatus, trainResult } from './samples.js';

const env = {};
const load = {
  client_mac: 'aa',
  gl_model_v: 2,
  network_sent: 1,
  network_recv: 2,
  disk: 3,
  runtime: 4,
  memory_rssMB: 5,
  memory_availableMB: 6,
  cpu: 7,
  cpu_threads: 8,
  memory: 9,
  memory_percent: 10,
  timestamp: 11,
};

describe('ClientManagerAPI', () => {
  it.each([
    ['getInfo', '/info'],
    ['getClientOut', '/flclient_out'],
    ['getTrainFin', '/trainFin'],
    ['getTrainFail', '/trainFail'],
  ] as const)('%s asks GET %s and returns the manager’s state', async (method, path) => {
    const manager = await aRemoteService([json(managerInfo)]);

    expect(await new ClientManagerAPI({ baseUrl: manager.url }, { env })[method]()).toEqual(managerInfo);
    expect(manager.received).toMatchObject([{ method: 'GET', url: path, body: '' }]);
  });

  it('keeps the path in front of its base URL', async () => {
    const manager = await aRemoteService([json(managerInfo)]);

    await new ClientManagerAPI({ baseUrl: `${manager.url}/a/b/` }, { env }).getInfo();

    expect(manager.received[0]?.url).toBe('/a/b/info');
  });
});

describe('ClientServerAPI', () => {
  async function bothServices(answer: unknown) {
    const manager = await aRemoteService([json(answer)]);
    const performance = await aRemoteService([json(answer)]);
    const urls = { baseUrl: manager.url, performanceUrl: performance.url };
    return { manager, performance, api: new ClientServerAPI('task 1/ä', urls, { env }) };
  }
  const task = 'task%201%2F%C3%A4';

  it('asks the manager for the port, with the task percent-encoded', async () => {
    const { api, manager } = await bothServices({
      task_id: 'task 1/ä',
      port: '40026',
      external_ip: '10.0.0.5',
    });

    expect(await api.getPort()).toEqual({ task_id: 'task 1/ä', port: 40026, external_ip: '10.0.0.5' });
    expect(manager.received).toMatchObject([{ method: 'GET', url: `/FLSe/getPort/${task}` }]);
  });

  it.each([
    ['getClientOut', 'ClientOut', 'out'],
    ['getTrainFin', 'ClientTrainFin', 'train-finished'],
    ['getTrainFail', 'ClientTrainFail', 'train-failed'],
  ] as const)('%s tells the manager of this client alone', async (method, route, state) => {
    const answer = { task_id: 'task 1/ä', client_id: 'device-7', run_id: 'v1', state };
    const { api, manager } = await bothServices(answer);

    expect(await api[method](notice)).toEqual(answer);
    expect(manager.received).toMatchObject([{ method: 'PUT', url: `/FLSe/${route}/${task}` }]);
    expect(JSON.parse(manager.received[0]?.body ?? '')).toEqual(notice);
  });

  it('sends the reason of a failure', async () => {
    const answer = { task_id: 't', client_id: 'device-7', run_id: 'v1', state: 'train-failed' };
    const { api, manager } = await bothServices(answer);
    const reason = { code: 'unavailable', message: 'gone' } as const;

    await api.getTrainFail({ ...notice, reason });

    expect(JSON.parse(manager.received[0]?.body ?? '')).toEqual({ ...notice, reason });
  });

  it('assigns a cluster, or none', async () => {
    const { api, manager } = await bothServices({ ok: true, cluster_id: null });

    expect(await api.putClusterAssign({ client_mac: 'aa', cluster_id: null })).toEqual({
      ok: true,
      cluster_id: null,
    });
    expect(manager.received).toMatchObject([
      { method: 'PUT', url: `/FLSe/cluster/${task}`, body: '{"client_mac":"aa","cluster_id":null}' },
    ]);
  });

  it.each([
    ['putTrainResult', 'train_result', trainResult],
    [
      'putTestResult',
      'test_result',
      { client_mac: 'aa', round: 1, test_loss: 0.3, test_accuracy: 0.9, gl_model_v: 2 },
    ],
    ['putClientTimeResult', 'client_time_result', { client_mac: 'aa', operation_time: 60, gl_model_v: 2 }],
    ['putClientSystem', 'client_system', load],
  ] as const)('%s reports to the performance service by today’s names', async (method, name, report) => {
    const echo = { ...report, fl_task_id: 'task 1/ä' };
    const { api, manager, performance } = await bothServices({ [name]: echo });
    const put = api[method].bind(api) as (report: unknown) => Promise<unknown>;

    expect(await put(report)).toEqual(echo);
    expect(performance.received).toMatchObject([{ method: 'PUT', url: `/client_perf/${name}/${task}` }]);
    expect(JSON.parse(performance.received[0]?.body ?? '')).toEqual(echo);
    expect(performance.received[0]?.headers['content-type']).toBe('application/json');
    expect(manager.received).toEqual([]);
  });

  it('reports an explanation as free JSON', async () => {
    const { api, performance } = await bothServices({ stored: true });

    expect(await api.putXaiResult({ layer: 'conv', map: [[0, 1]] })).toEqual({ stored: true });
    expect(performance.received).toMatchObject([
      { method: 'PUT', url: `/client_perf/xai_result/${task}`, body: '{"layer":"conv","map":[[0,1]]}' },
    ]);
  });

  it('refuses to send what is wrong, naming the field, and asks nobody', async () => {
    const { api, manager, performance } = await bothServices({});

    await expect(api.putTrainResult({ ...trainResult, train_loss: Number.NaN })).rejects.toMatchObject({
      code: 'invalid-argument',
      details: { fields: [expect.objectContaining({ field: 'train_loss' })] },
    });
    await expect(api.getTrainFin({ client_id: '', run_id: null })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    expect([...manager.received, ...performance.received]).toEqual([]);
  });

  it('says so where no performance service is configured', async () => {
    const api = new ClientServerAPI('t', { baseUrl: 'http://127.0.0.1:9' }, { env });

    await expect(api.putTrainResult(trainResult)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('FEDOPS_CLIENT_PERFORMANCE_URL'),
    });
  });

  it('rejects a task that no path can carry', async () => {
    const api = new ClientServerAPI('..', { baseUrl: 'http://127.0.0.1:9' }, { env });

    await expect(api.getPort()).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

describe('ServerAPI', () => {
  async function bothServices(answer: unknown) {
    const manager = await aRemoteService([json(answer)]);
    const performance = await aRemoteService([json(answer)]);
    const urls = { baseUrl: manager.url, performanceUrl: performance.url };
    return { manager, performance, api: new ServerAPI('mnist', urls, { env }) };
  }

  it('puts the whole status', async () => {
    const { api, manager } = await bothServices({ Server_Status: { ...serverStatus, Task_status: null } });

    expect(await api.putServerStatus(serverStatus)).toEqual({ ...serverStatus, Task_status: null });
    expect(manager.received).toMatchObject([{ method: 'PUT', url: '/FLSe/FLSeUpdate/mnist' }]);
    expect(JSON.parse(manager.received[0]?.body ?? '')).toEqual(serverStatus);
  });

  it.each([
    [{}, '?FLSeReady=false'],
    [{ campaign_run_id: 'run 1&x' }, '?FLSeReady=false&campaign_run_id=run+1%26x'],
  ])('ends a run by its query alone: %j', async (finished, query) => {
    const { api, manager } = await bothServices({ Server_Status: serverStatus });

    expect(await api.putFlRoundFin(finished)).toMatchObject({ GL_Model_V: 1 });
    expect(manager.received).toMatchObject([
      { method: 'PUT', url: `/FLSe/FLRoundFin/mnist${query}`, body: '' },
    ]);
  });

  it('reports an evaluation that measured no accuracy as null, not as 0', async () => {
    const report = { round: 1, gl_loss: 0.2, gl_accuracy: null, run_time_by_round: 3, gl_model_v: 2 };
    const echo = { ...report, fl_task_id: 'mnist' };
    const { api, performance } = await bothServices({ gl_model_evaluation: echo });

    expect(await api.putGlModelEvaluation(report)).toEqual(echo);
    expect(performance.received[0]?.url).toBe('/server_perf/gl_model_evaluation/mnist');
    expect(JSON.parse(performance.received[0]?.body ?? '')).toEqual(echo);
  });

  it('takes the model evaluation that Python answers to a time as its receipt', async () => {
    const { api, performance } = await bothServices({ gl_model_evaluation: { fl_task_id: 'other' } });

    expect(await api.putServerTimeResult({ server_operation_time: 60, gl_model_v: 2 })).toBeUndefined();
    expect(performance.received).toMatchObject([
      {
        url: '/server_perf/server_time_result/mnist',
        body: '{"fl_task_id":"mnist","server_operation_time":60,"gl_model_v":2}',
      },
    ]);
  });
});
