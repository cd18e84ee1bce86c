import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { createTask, registerDevice, type StartedManager, startManager, until } from './manager.js';

const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** A request that is broken off when the test says so, and at its end. */
function open(manager: StartedManager, path: string, token?: string) {
  const ending = new AbortController();
  endings.push(() => ending.abort());
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const answer = fetch(manager.url + path, { headers, signal: ending.signal });
  answer.catch(() => {});
  return { answer, breakOff: () => ending.abort() };
}

const poll = (deviceId: string) => `/v1/tasks/mnist/devices/${deviceId}/instruction`;

/** One poll more than are held: resolves when that is refused, and so all others are held. */
async function onePollTooMany(manager: StartedManager, token: string, held: number) {
  const answers = Array.from({ length: held + 1 }, () => open(manager, poll('d1'), token).answer);
  const refused = await Promise.race(answers);
  return { refused, statuses: Promise.all(answers.map(async (answer) => (await answer).status)) };
}

async function aRun(manager: StartedManager): Promise<string> {
  const server = createServer((_request, response) => void response.writeHead(200).write(': here\n\n'));
  endings.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { json } = await manager.ask('POST', '/v1/tasks/mnist/runs');
  manager.launcher.server(json.runId).ready((server.address() as AddressInfo).port);
  await until(
    async () => (await manager.ask('GET', `/v1/runs/${json.runId}`)).json.state.status === 'running',
  );
  return json.runId;
}

it('has so many event streams at a time, and a place again once one of them ends', async () => {
  const manager = await startManager({ limits: { maxEventStreams: 2 } });
  await createTask(manager);
  const path = `/v1/runs/${await aRun(manager)}/events`;
  const [first, second] = [open(manager, path), open(manager, path)];
  for (const { answer } of [first, second]) expect((await answer).status).toBe(200);

  const refused = await manager.ask('GET', path);
  expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([
    429,
    'overloaded',
    '5',
  ]);

  first.breakOff();
  await until(async () => {
    const { answer } = open(manager, path);
    return (await answer).status === 200;
  });
});

it('has so many event streams of one address, though more are there', async () => {
  const manager = await startManager({ limits: { maxEventStreamsPerAddress: 1 } });
  await createTask(manager);
  const path = `/v1/runs/${await aRun(manager)}/events`;
  expect((await open(manager, path).answer).status).toBe(200);
  const refused = await manager.ask('GET', path);
  expect([refused.status, refused.json.code]).toEqual([429, 'overloaded']);
});

it('holds so many polls of one device, and those of others beside them', async () => {
  const manager = await startManager();
  await createTask(manager);
  const { refused, statuses } = await onePollTooMany(manager, await registerDevice(manager, 'd1'), 4);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
  const other = open(manager, poll('d2'), await registerDevice(manager, 'd2')).answer;
  await aRun(manager);
  expect((await other).status).toBe(200);
  expect((await statuses).sort()).toEqual([200, 200, 200, 200, 429]);
});

it('holds so many polls in all, and answers whoever has something to do also when no more are held', async () => {
  const manager = await startManager({ limits: { maxHeldPolls: 2 } });
  await createTask(manager);
  const [one, other] = [await registerDevice(manager, 'd1'), await registerDevice(manager, 'd2')];
  const { refused, statuses } = await onePollTooMany(manager, one, 2);
  expect(refused.status).toBe(429);
  const ask = (query: string) => manager.ask('GET', poll('d2') + query, { token: other });
  expect((await ask('')).json.code).toBe('overloaded');
  expect((await ask('?waitMs=0')).status).toBe(204);

  await manager.clock.advance(25_000);
  expect((await statuses).sort()).toEqual([204, 204, 429]);
  await aRun(manager);
  expect((await ask('')).status).toBe(200);
});
