import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { askServer, jsonOf } from '../src/http/ask-server.js';
import { codeOf } from './error-code.js';

const pem = (name: string) => readFileSync(new URL(`./fixtures/tls/${name}.pem`, import.meta.url), 'utf8');

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function aServer() {
  const heard: (string | undefined)[] = [];
  const server = createServer({ key: pem('key'), cert: pem('certificate') }, ({ headers }, response) => {
    heard.push(headers.authorization);
    response.end('{"hello":1}');
  });
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const question = {
    url: `https://127.0.0.1:${port}`,
    path: '/',
    accept: '*/*',
    signal: AbortSignal.timeout(60_000),
  };
  const ask = (certificate: string) => askServer(question, { enrolmentToken: 'a secret', certificate });
  return { heard, ask };
}

it('speaks with an FL server that has the certificate it was given', async () => {
  const { heard, ask } = await aServer();
  expect(await jsonOf(await ask(pem('certificate')))).toEqual({ hello: 1 });
  expect(heard).toEqual(['Bearer a secret']);
});

it('shows its token to nobody else who listens there', async () => {
  const { heard, ask } = await aServer();
  expect(await codeOf(ask(pem('other-certificate')))).toBe('unavailable');
  expect(heard).toEqual([]);
});
