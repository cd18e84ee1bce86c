import { once } from 'node:events';
import { connect } from 'node:net';
import type { Logger } from '@fedops/http-service';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { expect, it } from '@jest/globals';
import { createTask, expectStatus, modelOf, registerDevice, startManager, until } from './manager.js';

it('keeps no measurement that a device makes in the name of another', async () => {
  const manager = await startManager({ adminToken: 'the-token-of-the-operator' });
  await createTask(manager, {}, 'the-token-of-the-operator');
  const token = await tokenOf(manager, 'device-1', { clientId: 'client-1' });
  await tokenOf(manager, 'device-2');
  const add = (clientId: string | undefined, shown: string) =>
    manager.ask('POST', '/v1/tasks/mnist/metrics', {
      token: shown,
      body: { rows: [{ kind: 'custom', clientId, values: { x: 1 } }] },
    });

  const refused = await add('device-2', token);
  expect([refused.status, refused.json.code]).toEqual([403, 'permission-denied']);
  for (const own of ['device-1', 'client-1', undefined]) await expectStatus(201, add(own, token));
  await expectStatus(201, add('device-2', 'the-token-of-the-operator'));
});

async function tokenOf(
  manager: Awaited<ReturnType<typeof startManager>>,
  deviceId: string,
  more: object = {},
): Promise<string> {
  const ask = (method: string, path: string, asked = {}) =>
    manager.ask(method, path, { ...asked, token: 'the-token-of-the-operator' });
  return registerDevice({ ask }, deviceId, { ...more });
}

it('blames nobody for a download that its asker breaks off', async () => {
  const logged: string[] = [];
  const note = (level: string) => (_fields: object, message: string) =>
    void logged.push(`${level} ${message}`);
  const logger: Logger = { info: () => {}, warn: note('warn'), error: note('error') };
  const manager = await startManager({}, { logger });
  await createTask(manager);
  const size = 16 * 1024 ** 2;
  const large = createParameters([{ name: 'w', shape: [size], dtype: 'float32' }], [new Float32Array(size)]);
  const path = '/v1/tasks/mnist/initial-parameters';
  await expectStatus(200, manager.ask('PUT', path, { bytes: encodeParameters(large) }));

  const socket = connect(Number(new URL(manager.url).port), '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'data');
  socket.destroy();

  await until(() => logged.length > 0);
  expect(logged).toEqual(['warn an answer broke off']);
});

it('reads no model for HEAD, and tells its size', async () => {
  const manager = await startManager();
  await createTask(manager);

  const head = await manager.ask('HEAD', '/v1/tasks/mnist/initial-parameters');

  const { length } = encodeParameters(modelOf(0));
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(length)]);
});

it.each([
  ['/v1/tasks/%', 400],
  ['/v1/tasks/..%2f..%2fetc', 404],
  [`/v1/tasks/${'x'.repeat(201)}`, 400],
  ['/v1/tasks/__proto__', 404],
  ["/v1/tasks/'%20OR%201=1--", 404],
  ['/v1/tasks/mnist/models/..%2f1', 400],
  ['/v1/tasks/mnist/metrics?limit=10001', 400],
  ['/v1/tasks/mnist/metrics?limit=1&limit=2', 400],
  ['/v1/tasks/mnist/metrics?after=-1', 400],
  ['/v1/tasks/mnist/metrics?after=NaN', 400],
  ['/v1/tasks/mnist/metrics?client=%27%20OR%201=1--', 200],
])('answers %s with %i', async (path, status) => {
  const manager = await startManager();
  await createTask(manager);
  await manager.ask('POST', '/v1/tasks/mnist/metrics', {
    body: { rows: [{ kind: 'custom', values: { x: 1 } }] },
  });

  const answer = await manager.ask('GET', path);

  expect(answer.status).toBe(status);
  if (status === 200) expect(answer.json).toEqual([]);
});

it.each([
  ['NaN', '{"rows":[{"kind":"custom","values":{"x":NaN}}]}'],
  ['a number beyond all bounds', '{"rows":[{"kind":"custom","values":{"x":1e999}}]}'],
  ['a million lists in one another', `{"rows":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`],
  ['no end', '{"rows":[{"kind":"custom","values":{"x":1}}'],
])('refuses measurements with %s', async (_, text) => {
  const manager = await startManager();
  await createTask(manager);

  const response = await fetch(`${manager.url}/v1/tasks/mnist/metrics`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: text,
  });

  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
    400,
    'invalid-argument',
  ]);
});

it.each([
  ['true', 200, true],
  ['True', 200, true],
  ['1', 200, true],
  ['false', 200, false],
  ['False', 200, false],
  ['0', 200, false],
  ['maybe', 400, undefined],
  ['', 400, undefined],
  ['true&FLSeReady=false', 400, undefined],
])('reads FLSeReady=%s in a query as Python writes it, and answers %i', async (text, status, isReady) => {
  const manager = await startManager();
  const server = { kind: 'external', url: 'http://127.0.0.1:9' };
  await expectStatus(201, manager.ask('POST', '/v1/tasks', { body: { taskId: 'mnist', server } }));
  const answer = await manager.ask('PUT', `/FLSe/FLRoundFin/mnist?FLSeReady=${text}`);
  expect([answer.status, answer.json.Server_Status?.FLSeReady]).toEqual([status, isReady]);
});
