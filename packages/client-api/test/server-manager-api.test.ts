import { expect, it } from '@jest/globals';
import { ServerManagerAPI } from '../src/index.js';
import { aFakeClock } from './fake-clock.js';
import { aDeadPort, aRemoteService, json } from './remote-service.js';

const env = {};
const at = '2026-11-24T00:00:00.000Z';
const settings = {
  rounds: 3,
  seed: 0,
  strategy: { kind: 'fedavg' },
  clients: { kind: 'any' },
  clientsPerRound: { kind: 'all', atLeast: 1 },
  quorum: 1,
  retries: 1,
  fitConfig: {},
  evaluateConfig: {},
  evaluationFraction: 1,
  updates: 'delete' as const,
  waitForClientsMs: 1,
  fitMs: 1,
  evaluateMs: 1,
  runMs: 1,
  serverRestarts: 0,
};
const task = {
  taskId: 'a/b',
  title: '',
  server: { kind: 'managed' },
  run: settings,
  trigger: { kind: 'manual' },
  bestBy: null,
  initialModel: null,
  createdAt: at,
};
const run = {
  runId: 'r1',
  taskId: 'a/b',
  settings,
  baseVersion: 0,
  startedBy: 'operator',
  createdAt: at,
  restarts: 0,
  state: { status: 'starting', since: at, deadline: at },
};

async function anApi(answer: unknown, status = 200) {
  const manager = await aRemoteService([json(answer, status)]);
  return { manager, api: new ServerManagerAPI({ baseUrl: manager.url, token: 'of-the-operator' }, { env }) };
}

it.each<[string, (api: ServerManagerAPI) => Promise<unknown>, unknown, string, string]>([
  ['createTask', (api) => api.createTask({ taskId: 'a/b' }), task, 'POST', '/v1/tasks'],
  ['listTasks', (api) => api.listTasks(), [task], 'GET', '/v1/tasks'],
  ['getTask', (api) => api.getTask('a/b'), task, 'GET', '/v1/tasks/a%2Fb'],
  ['changeTask', (api) => api.changeTask('a/b', { title: 'x' }), task, 'PATCH', '/v1/tasks/a%2Fb'],
  ['startRun', (api) => api.startRun('a/b'), run, 'POST', '/v1/tasks/a%2Fb/runs'],
  [
    'listRuns',
    (api) => api.listRuns({ taskId: 'a/b', limit: 5, before: 'r2' }),
    [run],
    'GET',
    '/v1/runs?task=a%2Fb&limit=5&before=r2',
  ],
  ['getRun', (api) => api.getRun('r/1'), run, 'GET', '/v1/runs/r%2F1'],
  ['stopRun', (api) => api.stopRun('r1'), run, 'POST', '/v1/runs/r1/stop'],
  ['listParts', (api) => api.listParts('r1'), [], 'GET', '/v1/runs/r1/clients'],
  ['listDevices of a task', (api) => api.listDevices('a/b'), [], 'GET', '/v1/tasks/a%2Fb/devices'],
  ['listDevices of all', (api) => api.listDevices(), [], 'GET', '/v1/devices'],
  ['listModels', (api) => api.listModels('a/b'), [], 'GET', '/v1/tasks/a%2Fb/models'],
])('%s asks the route of the manager, with the token, and returns its answer', async (...row) => {
  const [, call, answer, method, url] = row;
  const { manager, api } = await anApi(answer);

  expect(await call(api)).toEqual(answer);
  expect(manager.received).toMatchObject([{ method, url }]);
  expect(manager.received[0]?.headers.authorization).toBe('Bearer of-the-operator');
});

it('asks for the health of the manager', async () => {
  const { manager, api } = await anApi({ status: 'ok' });

  await api.checkHealth();

  expect(manager.received[0]?.url).toBe('/healthz');
});

it('sends no task that is wrong, and names the field', async () => {
  const { manager, api } = await anApi(task);

  await expect(api.createTask({ taskId: 'a', run: { rounds: 0 } })).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining('run.rounds'),
  });
  expect(manager.received).toEqual([]);
});

it('starts a run for chosen clients, and asks for none that is listed twice', async () => {
  const { manager, api } = await anApi(run);
  const chosen = (...ids: string[]) => ({ clients: { kind: 'listed' as const, ids: ids as never[] } });

  await api.startRun('a/b', chosen('d1', 'd2'));
  await expect(api.startRun('a/b', chosen('d1', 'd1'))).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining('clients.ids.1'),
  });

  expect(manager.received.map(({ body }) => JSON.parse(body))).toEqual([chosen('d1', 'd2')]);
});

it('believes no answer that is something else', async () => {
  const { api } = await anApi({ ...run, state: { status: 'dreaming' } });

  await expect(api.getRun('r1')).rejects.toMatchObject({ code: 'bad-response' });
});

it('passes on the code that the manager gives', async () => {
  const { api } = await anApi({ code: 'conflict', message: 'run r1 goes on', details: {} }, 409);

  await expect(api.startRun('a/b')).rejects.toMatchObject({ code: 'conflict', message: 'run r1 goes on' });
});

it('asks once and no more where it is told not to repeat calls', async () => {
  const clock = aFakeClock();
  const dead = await aDeadPort();
  const api = new ServerManagerAPI(
    { baseUrl: `http://127.0.0.1:${dead}`, repeats: false },
    { env, clock, random: () => 0 },
  );

  await expect(api.listTasks()).rejects.toMatchObject({
    code: 'unavailable',
    details: { attempts: 1 },
  });
  expect(clock.waits).toEqual([]);
});
