import { request } from 'node:http';
import { beforeEach, expect, it } from '@jest/globals';
import { type DescribedApi, describedApi } from './described-api.js';
import { createTask, modelOf, type StartedManager, startManager } from './manager.js';

const [OPERATOR, ENROLMENT] = ['the-token-of-the-operator', 'the-token-for-all-devices'];
const DASHBOARD = 'https://dashboard.example';

/** Routes that everybody may read. */
const OPEN = ['describe', 'health'];
/** Routes of a device that take its own token alone. */
const OF_A_DEVICE = ['heartbeat', 'leave', 'nextInstruction', 'reportPart'];
/** Routes for whoever takes part in a task, and for whoever enrols. */
const OF_MEMBERS = [
  'addMetrics',
  'getInitialParameters',
  'getModel',
  'getModelParameters',
  'getTask',
  'listMetrics',
  'listModels',
  'listTaskRuns',
];
const OF_ENROLLED = ['registerDevice'];

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** What each route would take, so that nothing but the refusal keeps it from being done. */
const BODIES: Readonly<Record<string, object>> = {
  addMetrics: { rows: [{ kind: 'custom', values: { x: 1 } }] },
  changeTask: { title: 'changed' },
  createTask: { taskId: 'another' },
  heartbeat: { activity: { kind: 'idle' } },
  registerDevice: { protocolVersion: 1, deviceId: 'd9', key: 'a key of the device d9' },
  reportPart: { state: 'out' },
};

let manager: StartedManager;
let api: DescribedApi;
let params: Readonly<Record<string, string>>;
let tokens: { readonly own: string; readonly sibling: string; readonly stranger: string };
let routes: readonly { readonly operationId: string; readonly method: string; readonly path: string }[];

async function enrol(taskId: string, deviceId: string): Promise<string> {
  const body = { protocolVersion: 1, deviceId, key: `a key of the device ${deviceId}` };
  return (await manager.ask('POST', `/v1/tasks/${taskId}/devices`, { token: ENROLMENT, body })).json.token;
}

beforeEach(async () => {
  manager = await startManager({
    adminToken: OPERATOR,
    deviceToken: ENROLMENT,
    listen: { allowedOrigins: [DASHBOARD] },
  });
  await createTask(manager, {}, OPERATOR);
  await createTask(manager, { taskId: 'elsewhere' }, OPERATOR);
  tokens = {
    own: await enrol('mnist', 'd1'),
    sibling: await enrol('mnist', 'd2'),
    stranger: await enrol('elsewhere', 'd1'),
  };
  const { json: run } = await manager.ask('POST', '/v1/tasks/elsewhere/runs', { token: OPERATOR });
  manager.models.publish({ taskId: 'elsewhere', runId: run.runId, version: 1 }, modelOf(1));
  params = { taskId: 'mnist', deviceId: 'd1', runId: run.runId, version: 'latest' };
  api = await describedApi(manager);
  const { json: document } = await manager.ask('GET', '/v1/openapi.json');
  routes = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({ operationId, method, path })),
  );
});

/** All that a route could change, as the operator sees it. */
async function picture(): Promise<unknown> {
  const seen = [
    '/v1/tasks',
    '/v1/devices',
    '/v1/runs',
    '/v1/tasks/mnist/metrics',
    '/v1/tasks/mnist/devices/d1',
  ];
  const answers = seen.map(async (path) => (await manager.ask('GET', path, { token: OPERATOR })).json);
  return Promise.all(answers);
}

/** Asks each route that is named, a second later so that a sign of life would show, and tells what it answered. */
async function askAll(operationIds: readonly string[], asked: object): Promise<readonly unknown[]> {
  const answers = [];
  await manager.clock.advance(1_000);
  for (const operationId of operationIds) {
    const body = BODIES[operationId];
    const { status } = await api.call(operationId, { params, ...(body && { body }), ...asked });
    answers.push([operationId, status]);
  }
  return answers;
}

const all = (operationIds: readonly string[], status: number) => operationIds.map((id) => [id, status]);

it('puts each route of the description in one of the lists of this test, or leaves it to the operator', () => {
  const known = [...OPEN, ...OF_A_DEVICE, ...OF_MEMBERS, ...OF_ENROLLED];
  expect(api.operationIds).toEqual(expect.arrayContaining(known));
  expect(api.operationIds.filter((id) => !api.needsToken(id)).sort()).toEqual(OPEN);
});

it.each([
  ['without a token', 401, () => ({})],
  ['with a token that nobody has', 403, () => ({ token: 'a-token-that-nobody-has' })],
  ['with the token in another scheme', 401, () => ({ headers: { Authorization: `Basic ${OPERATOR}` } })],
])('refuses who comes %s, before it does anything', async (_how, status, asked) => {
  const closed = api.operationIds.filter((id) => !OPEN.includes(id));
  const before = await picture();
  const ofDevices = closed.filter((id) => OF_A_DEVICE.includes(id));
  const others = closed.filter((id) => !OF_A_DEVICE.includes(id));
  expect(await askAll(others, asked())).toEqual(all(others, status));
  // A device's token ends with its next registration: 401 tells it to register again.
  expect(await askAll(ofDevices, asked())).toEqual(all(ofDevices, 401));
  expect(await picture()).toEqual(before);
});

it.each([
  ['of the same task', 'sibling', [...OPEN, ...OF_MEMBERS]],
  ['of another task, though its id is the same', 'stranger', OPEN],
] as const)(
  "refuses who shows another device's token, %s, before it does anything",
  async (_whose, name, allowed) => {
    const before = await picture();
    const closed = api.operationIds.filter((id) => !(allowed as readonly string[]).includes(id));
    for (const operationId of closed) {
      const status = OF_A_DEVICE.includes(operationId) ? 401 : 403;
      expect(await askAll([operationId], { token: tokens[name] })).toEqual([[operationId, status]]);
    }
    expect(await picture()).toEqual(before);
  },
);

it.each([
  ['for a host that is not its own', { Host: 'evil.example' }],
  ['from a page of another origin', { Origin: 'https://evil.example' }],
  ["from another site's page, which has no origin", { 'Sec-Fetch-Site': 'cross-site' }],
])('refuses who comes %s, whatever token it shows, before it does anything', async (_how, headers) => {
  const before = await picture();
  await manager.clock.advance(1_000);
  for (const { operationId, method, path } of routes) {
    const token = OF_A_DEVICE.includes(operationId) ? tokens.own : OPERATOR;
    const status = await statusOf(
      method,
      path,
      { ...headers, Authorization: `Bearer ${token}` },
      operationId,
    );
    expect([operationId, status]).toEqual([operationId, 403]);
  }
  expect(await picture()).toEqual(before);
});

it('lets a page of a listed origin use each route', async () => {
  for (const { operationId, method, path } of routes) {
    const asked = method.toUpperCase();
    const answer = await manager.ask('OPTIONS', pathOf(path), {
      headers: { Origin: DASHBOARD, 'Access-Control-Request-Method': asked },
    });
    const methods = answer.headers.get('access-control-allow-methods')?.split(', ');
    expect([operationId, answer.status, methods]).toEqual([
      operationId,
      204,
      expect.arrayContaining([asked]),
    ]);
  }
});

function pathOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? 'none'));
}

/** By `node:http`, since `fetch` does not let a caller choose the host. */
function statusOf(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  operationId: string,
): Promise<number | undefined> {
  const { port } = new URL(manager.url);
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path: pathOf(path), headers, agent: false });
    asked.on('error', reject).on('response', (answer) => {
      resolve(answer.statusCode);
      answer.destroy();
    });
    const body = BODIES[operationId];
    asked.end(body && JSON.stringify(body));
  });
}

/** The routes of Python's services, which no description lists. */
const PYTHONS = [
  'GET /FLSe/CheckServerReady/mnist',
  'GET /FLSe/GetAvailableClients/mnist',
  'GET /FLSe/GetFLTask/mnist',
  'GET /FLSe/GetTaskSummary/mnist',
  'GET /FLSe/getConnectionInfo/mnist',
  'GET /FLSe/getPort/mnist',
  'GET /FLSe/info/mnist/02:00:00:00:00:01',
  'GET /FLSe/status/mnist',
  'POST /FLSe/BeginCampaign/mnist',
  'POST /FLSe/BulkAssignCluster/mnist',
  'POST /FLSe/EndCampaign/mnist',
  'POST /FLSe/StartFLWithSelectedClients/mnist',
  'POST /FLSe/scalableStartTask',
  'POST /FLSe/startTask',
  'POST /FLSe/teststartTask',
  'PUT /FLSe/ClientOut/mnist',
  'PUT /FLSe/ClientTrainFail/mnist',
  'PUT /FLSe/ClientTrainFin/mnist',
  'PUT /FLSe/FLRoundFin/mnist',
  'PUT /FLSe/FLSeClosed/mnist',
  'PUT /FLSe/FLSeUpdate/mnist',
  'PUT /FLSe/RegisterFLTask',
  'PUT /FLSe/ScalableServerReady/mnist',
  'PUT /FLSe/ScalableServerRunning/mnist',
  'PUT /FLSe/cluster/mnist',
  'PUT /client_perf/client_system/mnist',
  'PUT /client_perf/client_time_result/mnist',
  'PUT /client_perf/test_result/mnist',
  'PUT /client_perf/train_result/mnist',
  'PUT /client_perf/xai_result/mnist',
  'PUT /server_perf/gl_model_evaluation/mnist',
  'PUT /server_perf/server_time_result/mnist',
];

it.each([
  ['no token', 401, () => ({})],
  ['a token that nobody has', 403, () => ({ token: 'a-token-that-nobody-has' })],
  ['the token of a device of another task', 403, () => ({ token: tokens.stranger })],
])(
  "refuses who comes to the routes of Python's services with %s, before it does anything",
  async (_how, status, asked) => {
    const before = await picture();
    const named = { task_id: 'mnist', FL_task_ID: 'mnist', Device_mac: '02:00:00:00:00:01' };
    for (const route of PYTHONS) {
      const [method = '', path = ''] = route.split(' ');
      const body = method === 'GET' ? {} : { body: named };
      const answer = await manager.ask(method, path, { ...body, ...asked() });
      expect([route, answer.status]).toEqual([route, status]);
    }
    expect(await picture()).toEqual(before);
  },
);

it("refuses who comes to the routes of Python's services without a token before it reads what they send", async () => {
  for (const route of PYTHONS.filter((one) => !one.startsWith('GET'))) {
    const [method = '', path = ''] = route.split(' ');
    const bytes = new TextEncoder().encode('no JSON');
    const ask = (token?: string) => manager.ask(method, path, { bytes, token, headers: JSON_TYPE });
    expect([route, (await ask()).status, (await ask(OPERATOR)).status]).toEqual([route, 401, 400]);
  }
});
