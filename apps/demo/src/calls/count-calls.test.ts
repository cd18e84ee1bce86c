import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { onCalls } from './count-calls.js';

test('hears of requests that this process serves, and of those that it makes', async () => {
  const calls: string[] = [];
  onCalls((call) => calls.push(call));
  const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  for (const path of ['/online', '/trainFin', '/elsewhere']) {
    const [response] = await once(get({ port, path, agent: false }), 'response');
    await once(response.resume(), 'end');
  }
  server.close();
  await once(server, 'close');

  expect(calls.toSorted()).toEqual(['online', 'trainFin']);
});
