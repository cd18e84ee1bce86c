import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ClientId, Registration, TaskId } from '@fedops/shared-types';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpTransport } from '../src/http/http-transport.js';
import { SIGNATURE } from './fake-server.js';

const fixture = (name: string) => readFile(new URL(`./fixtures/tls/${name}`, import.meta.url), 'utf8');

const IDS = { protocolVersion: 1, taskId: 'mnist' as TaskId, clientId: 'device-7' as ClientId };
const REGISTRATION: Registration = {
  ...IDS,
  key: 'k'.repeat(32),
  status: {
    FL_task_id: 'mnist',
    FL_client_mac: null,
    FL_client_num: 0,
    FL_client_online: true,
    FL_client_start: true,
    FL_client_fail: false,
    FL_server_IP: null,
    FL_next_gl_model: 1,
  },
};

let server: Server;
let baseUrl: string;
let ca: string;

beforeAll(async () => {
  ca = await fixture('certificate.pem');
  server = createServer({ key: await fixture('key.pem'), cert: ca }, (request, response) => {
    const answer = { ...IDS, token: 't', runId: 'v1', rounds: 1, nextVersion: 1, signature: SIGNATURE };
    request.resume().on('end', () => {
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...answer, leaseMs: 1_000, maxUpdateBytes: 1_000 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('over TLS', () => {
  const options = { signal: new AbortController().signal };

  test('a server is trusted by the certificate that was given', async () => {
    const connection = await createHttpTransport({ baseUrl, ca }).connect(REGISTRATION, options);
    expect(connection.registration.token).toBe('t');
    await connection.leave();
  });

  test('a server with an unknown certificate is sent nothing', async () => {
    const connecting = createHttpTransport({ baseUrl }).connect(REGISTRATION, options);
    await expect(connecting).rejects.toMatchObject({ code: 'unavailable' });
  });
});
