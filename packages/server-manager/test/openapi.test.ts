import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { encodeParameters } from '@fedops/parameters';
import { FedOpsError } from '@fedops/shared-types';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { canListen } from '../src/runs/port-range.js';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.js';
import type { Store } from '../src/store/store.js';
import { type DescribedApi, describedApi } from './described-api.js';
import { fakeLauncher } from './fake-launcher.js';
import { modelOf, type StartedManager, startManager, until, viewWith } from './manager.js';

const OPERATOR = 'operator-secret-0123';
const [TASK, KEY] = ['mnist', 'a key of the device d1'];
const bytes = encodeParameters(modelOf(0)) as Uint8Array<ArrayBuffer>;
const token = OPERATOR;

/** A store, and a launcher's log, that fail once they are told to. */
async function breakable() {
  const store = await openSqliteStore(':memory:');
  const launcher = fakeLauncher();
  let isBroken = false;
  const failing = <T extends object>(rows: T): T =>
    new Proxy(rows, {
      get(target, name) {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        return isBroken ? () => Promise.reject(new FedOpsError('storage', 'the disk is full')) : method;
      },
    });
  const { close, ...parts } = store;
  const wrapped = Object.fromEntries(Object.entries(parts).map(([name, rows]) => [name, failing(rows)]));
  return {
    store: { ...wrapped, close } as unknown as Store,
    launcher: {
      ...launcher,
      log: (...args: Parameters<typeof launcher.log>) => failing(launcher).log(...args),
    },
    setBroken(broken: boolean) {
      isBroken = broken;
    },
  };
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await canListen('127.0.0.1')(port)) return port;
  }
}

let manager: StartedManager;
let api: DescribedApi;
let disk: Awaited<ReturnType<typeof breakable>>;
let tests = 0;
const unseenIn = new Map<string, number>();
const described = new Set<string>();
const closing: (() => void)[] = [];

beforeEach(async () => {
  disk = await breakable();
  const port = await freePort();
  manager = await startManager(
    {
      adminToken: OPERATOR,
      deviceToken: 'device-secret-01234567',
      servers: { ports: { first: port, last: port } },
      limits: { maxTasks: 3, maxDevices: 2, maxModelBytes: bytes.length, maxHeldPolls: 1 },
    },
    { store: disk.store, launcher: disk.launcher },
  );
  api = await describedApi(manager);
});

afterEach(() => {
  disk.setBroken(false);
  for (const close of closing.splice(0)) close();
  const unseen = new Set(api.unseen());
  for (const operationId of api.operationIds) described.add(operationId);
  for (const one of unseen) unseenIn.set(one, (unseenIn.get(one) ?? 0) + 1);
  tests++;
});

const task = { taskId: TASK };

async function aTask(taskId = TASK) {
  await api.call('createTask', { token, body: { taskId } });
  await api.call('putInitialParameters', { token, params: { taskId }, bytes });
}

async function aDevice(): Promise<string> {
  const body = { protocolVersion: 1, deviceId: 'd1', key: KEY };
  return (await api.call('registerDevice', { token, params: task, body })).json.token;
}

async function aRun(): Promise<string> {
  return (await api.call('startRun', { token, params: task })).json.runId;
}

/** An FL server's door that answers as it is told. */
async function aDoor(answer: (response: ServerResponse) => void): Promise<number> {
  const server = createServer((_request, response) => answer(response));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function ready(runId: string, port?: number): Promise<void> {
  manager.launcher.server(runId).ready(port);
  await until(
    async () => (await manager.ask('GET', `/v1/runs/${runId}`, { token })).json.state.status === 'running',
  );
}

async function published(runId: string): Promise<string> {
  const digest = manager.models.publish({ taskId: TASK, runId, version: 1 }, modelOf(1));
  manager.launcher.server(runId).end({ kind: 'published', version: 1, digest }, viewWith(runId, digest, {}));
  await until(
    async () => (await manager.ask('GET', `/v1/runs/${runId}`, { token })).json.state.status === 'published',
  );
  return digest;
}

/** Until its FL server is gone and its port free. */
async function gone(runId: string): Promise<void> {
  manager.launcher.server(runId).goes();
  await until(async () => (await disk.store.runs.unfinished()).length === 0);
}

describe('each route of the description', () => {
  it('answers as described where all is well', async () => {
    await api.call('health');
    await api.call('describe');
    await aTask();
    await api.call('listTasks', { token });
    await api.call('getTask', { token, params: task });
    await api.call('changeTask', { token, params: task, body: { title: 'digits' } });
    await api.call('getInitialParameters', { token, params: task });
    const device = { ...task, deviceId: 'd1' };
    const own = await aDevice();
    await api.call('listTaskDevices', { token, params: task });
    await api.call('listDevices', { token });
    await api.call('getDevice', { token, params: device });
    await api.call('heartbeat', { token: own, params: device, body: { activity: { kind: 'idle' } } });
    const nothing = await api.call('nextInstruction', { token: own, params: device, query: '?waitMs=0' });
    expect(nothing.status).toBe(204);
    const runId = await aRun();
    await ready(runId, await aDoor((response) => response.end('event: x\ndata: {}\n\n')));
    await api.call('nextInstruction', { token: own, params: device, query: '?waitMs=0' });
    await api.call('followRun', { token, params: { runId } });
    const body = { state: 'train-finished' };
    await api.call('reportPart', { token: own, params: { ...device, runId }, body });
    const digest = await published(runId);
    await api.call('listTaskRuns', { token, params: task });
    await api.call('listRuns', { token });
    await api.call('getRun', { token, params: { runId } });
    await api.call('viewRun', { token, params: { runId } });
    await api.call('listParts', { token, params: { runId } });
    await api.call('getRunLog', { token, params: { runId } });
    await api.call('stopRun', { token, params: { runId } });
    await gone(runId);
    await api.call('listModels', { token, params: task });
    const model = { ...task, version: 'latest' };
    await api.call('getModel', { token, params: model });
    for (const headers of [{}, { Range: 'bytes=0-9' }, { 'If-None-Match': `"${digest}"` }] as const) {
      await api.call('getModelParameters', { token, params: model, headers });
    }
    await api.call('addMetrics', {
      token,
      params: task,
      body: { rows: [{ kind: 'custom', values: { x: 1 } }] },
    });
    await api.call('listMetrics', { token, params: task });
    await api.call('leave', { token: own, params: device });
    await api.call('removeDevice', { token, params: device });
    await api.call('removeTask', { token, params: task });
  });

  it('answers pages of other origins with 403, and who shows no token with 401', async () => {
    await aTask();
    await aDevice();
    const params = { ...task, deviceId: 'd1', runId: 'r1', version: '1' };
    for (const operationId of api.operationIds) {
      const foreign = await api.call(operationId, { params, headers: { Origin: 'https://evil.example' } });
      expect([operationId, foreign.status]).toEqual([operationId, 403]);
      if (!api.needsToken(operationId)) continue;
      const { status } = await api.call(operationId, { params });
      expect([operationId, status]).toEqual([operationId, 401]);
    }
  });

  it('answers what cannot be meant with 400', async () => {
    await aTask();
    const own = await aDevice();
    for (const operationId of api.operationIds) {
      const [name] = api.paramsOf(operationId);
      if (name === undefined) continue;
      const { status, json } = await api.call(operationId, { token, params: { [name]: 'x'.repeat(201) } });
      expect([operationId, status, json.code]).toEqual([operationId, 400, 'invalid-argument']);
    }
    const statuses = [
      await api.call('createTask', { token, body: { taskId: TASK, rounds: 3 } }),
      await api.call('listRuns', { token, query: '?limit=0' }),
      await api.call('putInitialParameters', { token, params: task, bytes: new Uint8Array(9) }),
      await api.call('heartbeat', {
        token: own,
        params: { ...task, deviceId: 'd1' },
        body: { activity: 'x' },
      }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([400, 400, 400, 400]);
  });

  it('answers what is not there with 404', async () => {
    for (const operationId of api.operationIds) {
      if (api.paramsOf(operationId).length === 0) continue;
      const body = BODIES[operationId];
      const params = { version: '1' };
      const asked = operationId === 'putInitialParameters' ? { bytes } : body === undefined ? {} : { body };
      const { status, json } = await api.call(operationId, { token, params, ...asked });
      expect([operationId, status, json.code]).toEqual([operationId, 404, 'not-found']);
    }
  });

  it('answers 507 where the store can neither be read nor written', async () => {
    await aTask();
    const own = await aDevice();
    const runId = await aRun();
    const device = { ...task, deviceId: 'd1' };
    disk.setBroken(true);
    const unknown = { runId: 'r999' };
    const refused = [
      await api.call('createTask', { token, body: { taskId: 'birds' } }),
      await api.call('changeTask', { token, params: task, body: { title: 'x' } }),
      await api.call('removeTask', { token, params: task }),
      await api.call('putInitialParameters', { token, params: task, bytes }),
      await api.call('registerDevice', { token, params: task, body: BODIES.registerDevice }),
      await api.call('removeDevice', { token, params: device }),
      await api.call('nextInstruction', { token: own, params: device, query: '?waitMs=0&run=r999' }),
      await api.call('reportPart', { token: own, params: { ...device, runId }, body: { state: 'out' } }),
      await api.call('listTaskRuns', { token, params: task }),
      await api.call('listRuns', { token }),
      await api.call('getRun', { token, params: unknown }),
      await api.call('stopRun', { token, params: unknown }),
      await api.call('viewRun', { token, params: unknown }),
      await api.call('followRun', { token, params: unknown }),
      await api.call('listParts', { token, params: { runId } }),
      await api.call('getRunLog', { token, params: { runId } }),
      await api.call('listModels', { token, params: task }),
      await api.call('getModel', { token, params: { ...task, version: '1' } }),
      await api.call('getModelParameters', { token, params: { ...task, version: '1' } }),
      await api.call('addMetrics', { token, params: task, body: BODIES.addMetrics }),
      await api.call('listMetrics', { token, params: task }),
    ];
    expect(refused.map(({ status, json }) => [status, json.code])).toEqual(
      refused.map(() => [507, 'storage']),
    );
    await rm(join(manager.dataDir, 'tasks'), { recursive: true });
    expect((await api.call('getInitialParameters', { token, params: task })).status).toBe(507);
  });

  it('answers 507 to a run whose base cannot be read', async () => {
    await aTask();
    manager.models.break();
    expect((await api.call('startRun', { token, params: task })).status).toBe(507);
  });

  it('answers what contradicts the present state with 409, other shapes with 422, other versions with 501', async () => {
    await aTask();
    await aDevice();
    const runId = await aRun();
    const register = (more: object) =>
      api.call('registerDevice', { token, params: task, body: { ...BODIES.registerDevice, ...more } });
    const other = [{ name: 'other', shape: [1], dtype: 'float32' as const }];
    const conflicts = [
      await api.call('createTask', { token, body: task }),
      await api.call('removeTask', { token, params: task }),
      await api.call('putInitialParameters', { token, params: task, bytes }),
      await api.call('startRun', { token, params: task }),
      await register({ deviceId: 'd1', key: 'the key of somebody else' }),
    ];
    expect(conflicts.map(({ status }) => status)).toEqual([409, 409, 409, 409, 409]);
    await published(runId);
    await gone(runId);
    const model = encodeParameters(modelOf(1, other)) as Uint8Array<ArrayBuffer>;
    const shapes = [
      await api.call('putInitialParameters', { token, params: task, bytes: model }),
      await register({ signature: other }),
    ];
    expect(shapes.map(({ status }) => status)).toEqual([422, 422]);
    const newer = bytes.slice();
    newer[8] = 99;
    await api.call('createTask', {
      token,
      body: { taskId: 'elsewhere', server: { kind: 'external', url: 'http://10.0.0.5:1' } },
    });
    const versions = [
      await api.call('putInitialParameters', { token, params: task, bytes: newer }),
      await register({ protocolVersion: 99 }),
      await api.call('startRun', { token, params: { taskId: 'elsewhere' } }),
    ];
    expect(versions.map(({ status }) => status)).toEqual([501, 501, 501]);
  });

  it('answers what is too much with 413 or 429, and what cannot be asked now with 503', async () => {
    await aTask();
    await aTask('second');
    await aTask('third');
    const runId = await aRun();
    const register = (deviceId: string) =>
      api.call('registerDevice', { token, params: task, body: { ...BODIES.registerDevice, deviceId } });
    const { json: registered } = await register('d1');
    await register('d2');
    const held = { ...task, deviceId: 'd1' };
    const values = { x: 'x'.repeat(5 * 1024 * 1024) };
    const poll = () =>
      api.call('nextInstruction', { token: registered.token, params: held, query: '?run=none' });
    const polls = [poll(), poll()];
    expect((await Promise.race(polls)).status).toBe(429);
    const unavailable = [
      await api.call('viewRun', { token, params: { runId } }),
      await api.call('followRun', { token, params: { runId } }),
    ];
    expect(unavailable.map(({ status }) => status)).toEqual([503, 503]);
    const busy = (response: ServerResponse) =>
      response
        .writeHead(429, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ code: 'overloaded', message: 'too many streams', details: {} }));
    expect((await api.call('startRun', { token, params: { taskId: 'second' } })).status).toBe(429);
    await ready(runId, await aDoor(busy));
    await Promise.all(polls);
    const refused = [
      await api.call('createTask', { token, body: { taskId: 'fourth' } }),
      await register('d3'),
      await api.call('followRun', { token, params: { runId } }),
      await api.call('addMetrics', { token, params: task, body: { rows: [{ kind: 'custom', values }] } }),
      await api.call('putInitialParameters', {
        token,
        params: { taskId: 'second' },
        bytes: new Uint8Array(bytes.length + 1),
      }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([429, 429, 429, 413, 413]);
  });

  it('was asked for every answer that is described, but for faults of the program', () => {
    const never = [...unseenIn].filter(([, times]) => times === tests).map(([one]) => one);
    expect(described.size).toBeGreaterThan(25);
    expect(never.filter((one) => !one.endsWith(' 500'))).toEqual([]);
  });
});

/** What each route with a body takes. */
const BODIES: Readonly<Record<string, object>> = {
  createTask: task,
  changeTask: { title: 'x' },
  registerDevice: { protocolVersion: 1, deviceId: 'd9', key: 'a key of the device d9' },
  heartbeat: { activity: { kind: 'idle' } },
  reportPart: { state: 'out' },
  addMetrics: { rows: [{ kind: 'custom', values: { x: 1 } }] },
};

it('refers to nothing that it does not hold', async () => {
  const { json: document } = await manager.ask('GET', '/v1/openapi.json');
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  );
  expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(references));
  expect(JSON.stringify(document)).not.toContain('#/$defs');
});
