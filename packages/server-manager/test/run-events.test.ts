import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { createTask, startManager, until } from './manager.js';

interface FakeDoor {
  readonly url: string;
  readonly asked: IncomingMessage[];
  readonly answers: ServerResponse[];
}

const closings: (() => void)[] = [];

afterEach(() => {
  for (const close of closings.splice(0)) close();
});

/** An FL server's door that begins each stream, and goes on with it as the test says. */
async function aDoor(begin: (response: ServerResponse) => void): Promise<FakeDoor> {
  const asked: IncomingMessage[] = [];
  const answers: ServerResponse[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answers.push(response);
    begin(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, answers };
}

const ENROLMENT = 'the-enrolment-token-of-fl-servers';
const OPERATOR = 'the-token-of-the-operator';
const EVENT = 'id: k-1.0\nevent: run-began\ndata: {}\n\n';

async function aRunAt(door: FakeDoor) {
  const manager = await startManager({
    adminToken: OPERATOR,
    servers: { ports: 'any', enrolmentToken: ENROLMENT },
  });
  await createTask(manager, {}, OPERATOR);
  const { json } = await manager.ask('POST', '/v1/tasks/mnist/runs', { body: {}, token: OPERATOR });
  const runId: string = json.runId;
  await until(() => manager.launcher.launched.length === 1);
  manager.launcher.server(runId).ready(Number(new URL(door.url).port));
  await until(async () => {
    const run = await manager.ask('GET', `/v1/runs/${runId}`, { token: OPERATOR });
    return run.json.state.status === 'running';
  });
  const follow = (headers: Record<string, string> = {}, query = '') =>
    fetch(`${manager.url}/v1/runs/${runId}/events${query}`, {
      headers: { Authorization: `Bearer ${OPERATOR}`, ...headers },
    });
  return { manager, runId, follow };
}

const begins = (response: ServerResponse) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write(EVENT);
};

it('does not begin a stream for HEAD, which would never end', async () => {
  const door = await aDoor(begins);
  const { manager, runId } = await aRunAt(door);
  const answer = await manager.ask('HEAD', `/v1/runs/${runId}/events`, { token: OPERATOR });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  expect(door.asked).toHaveLength(0);
});

it('passes the events of the FL server on as they come, to the operator alone', async () => {
  const door = await aDoor(begins);
  const { follow } = await aRunAt(door);
  const answer = await follow();
  const reader = answer.body!.getReader();

  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  expect(Buffer.from((await reader.read()).value!).toString()).toBe(EVENT);
  door.answers[0]!.end(EVENT);
  expect(Buffer.from((await reader.read()).value!).toString()).toBe(EVENT);
  expect((await reader.read()).done).toBe(true);
  expect(door.asked[0]).toMatchObject({ url: '/v1/run/events' });
  expect(door.asked[0]!.headers.authorization).toBe(`Bearer ${ENROLMENT}`);
  expect((await follow({ Authorization: 'Bearer of-somebody-else' })).status).toBe(403);
});

it.each([
  ['its header', { 'Last-Event-ID': 'k-7.0' }, '?after=k-1.0', 'k-7.0'],
  ['its query', {}, '?after=k-1.0', 'k-1.0'],
])('goes on after the event that the reader names in %s', async (_how, headers, query, after) => {
  const door = await aDoor((response) => response.writeHead(200).end());
  const { follow } = await aRunAt(door);

  await follow(headers as Record<string, string>, query);

  expect(door.asked[0]?.url).toBe(`/v1/run/events?after=${after}`);
});

it('lets go of the FL server when the reader goes', async () => {
  const door = await aDoor(begins);
  const { manager, runId } = await aRunAt(door);
  const headers = { Authorization: `Bearer ${OPERATOR}` };
  const reading = get(`${manager.url}/v1/runs/${runId}/events`, { headers, agent: false });
  reading.on('error', () => {});
  const [answer] = (await once(reading, 'response')) as [IncomingMessage];
  await once(answer, 'data');
  const isLetGo = once(door.answers[0]!, 'close');

  reading.destroy();

  await isLetGo;
});

it('says with what the FL server refuses the stream', async () => {
  const body = JSON.stringify({ code: 'overloaded', message: '64 streams are open', details: {} });
  const door = await aDoor((response) => response.writeHead(429).end(body));
  const { follow } = await aRunAt(door);

  const answer = await follow();

  expect([answer.status, await answer.json()]).toMatchObject([429, { code: 'overloaded' }]);
});

it('is unavailable where the FL server cannot be reached, or is not there yet', async () => {
  const door = await aDoor(begins);
  const { follow, manager } = await aRunAt(door);
  for (const close of closings.splice(0)) close();

  expect((await follow()).status).toBe(503);

  await createTask(manager, { taskId: 'other' }, OPERATOR);
  const { json } = await manager.ask('POST', '/v1/tasks/other/runs', { body: {}, token: OPERATOR });
  const early = await manager.ask('GET', `/v1/runs/${json.runId}/events`, { token: OPERATOR });
  expect([early.status, early.json.code]).toEqual([503, 'unavailable']);
});

it('ends its streams when the manager closes', async () => {
  const door = await aDoor(begins);
  const { follow, manager } = await aRunAt(door);
  const reader = (await follow()).body!.getReader();
  await reader.read();

  await manager.close();

  await expect(reader.read().then(({ done }) => done || 'more')).rejects.toThrow();
});
