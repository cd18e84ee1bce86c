import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { answerErrors, guardRequests, type Listener, listen, silentLogger } from '../src/index.js';
import { send, sendBytes } from './raw-http.js';
import { serve } from './service.js';

describe('guardRequests', () => {
  let listener: Listener;
  let reached = 0;

  beforeEach(async () => {
    reached = 0;
    listener = await serve((app) => {
      app.use(
        guardRequests({
          allowedHosts: ['device.example', 'other.example:8443', '2001:db8::1'],
          allowedOrigins: ['https://dashboard.example'],
          listenHost: '127.0.0.1',
        }),
      );
      app.all('/', (_request, response) => {
        reached += 1;
        response.json({ ok: true });
      });
    });
  });
  afterEach(() => listener.close({ graceMs: 0 }));

  it.each([
    'localhost',
    'localhost:8003',
    'LOCALHOST.',
    '127.0.0.1:1',
    '127.9.9.9',
    '[::1]:8003',
    'device.example',
    'device.example:99',
    'other.example:8443',
    '[2001:DB8:0::1]:1',
  ])('lets in a request to %s', async (host) => {
    expect((await send(listener.url, { headers: { Host: host } })).status).toBe(200);
  });

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'sub.device.example',
    'other.example',
    'other.example:8444',
    '[::2]',
    '192.168.77.77',
  ])('refuses a request to the foreign host %s', async (host) => {
    const answer = await send(listener.url, { headers: { Host: host } });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'permission-denied' });
    expect(reached).toBe(0);
  });

  it.each(['a b', 'user@localhost', 'localhost:99999', 'localhost/x', '[::1', '[zz]'])(
    'refuses the malformed host "%s"',
    async (host) => {
      const answer = await send(listener.url, { headers: { Host: host } });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid-argument' });
    },
  );

  it('refuses a request without a host', async () => {
    const answer = await sendBytes(listener.url, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('invalid-argument');
  });

  it('refuses an empty host', async () => {
    const answer = await sendBytes(listener.url, 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('refuses a request with two hosts', async () => {
    const lines = ['GET / HTTP/1.1', 'Host: localhost', 'Host: evil.example', 'Connection: close', '', ''];
    expect(await sendBytes(listener.url, lines.join('\r\n'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(reached).toBe(0);
  });

  it.each(['https://evil.example', 'http://dashboard.example', 'null', 'http://localhost:8003'])(
    'refuses the origin %s',
    async (origin) => {
      const answer = await send(listener.url, { method: 'POST', headers: { Origin: origin } });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'permission-denied' });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(reached).toBe(0);
    },
  );

  it('refuses a preflight of an origin that is not listed', async () => {
    const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
    expect((await send(listener.url, { method: 'OPTIONS', headers })).status).toBe(403);
  });

  it('answers a listed origin with CORS headers', async () => {
    const answer = await send(listener.url, { headers: { Origin: 'https://dashboard.example' } });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('https://dashboard.example');
    expect(answer.headers.vary).toContain('Origin');
  });

  it('answers the preflight of a listed origin without reaching a route', async () => {
    const headers = { Origin: 'https://dashboard.example', 'Access-Control-Request-Method': 'PUT' };
    const answer = await send(listener.url, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-methods']).toContain('PUT');
    expect(answer.headers['access-control-allow-headers']).toContain('Authorization');
    expect(reached).toBe(0);
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'lets a listed page ask by %s',
    async (method) => {
      const { headers } = await preflight(method);
      expect(listOf(headers['access-control-allow-methods'])).toContain(method.toLowerCase());
    },
  );

  it.each([
    'Authorization',
    'Content-Type',
    'Content-Digest',
    'FedOps-Update',
    'If-None-Match',
    'If-Range',
    'Range',
    'Last-Event-ID',
  ])('lets a listed page send %s', async (header) => {
    const { headers } = await preflight('GET');
    expect(listOf(headers['access-control-allow-headers'])).toContain(header.toLowerCase());
  });

  it.each(['ETag', 'Retry-After', 'Content-Range', 'Accept-Ranges'])(
    'lets a listed page read %s',
    async (header) => {
      const { headers } = await send(listener.url, { headers: { Origin: 'https://dashboard.example' } });
      expect(listOf(headers['access-control-expose-headers'])).toContain(header.toLowerCase());
    },
  );

  function preflight(method: string) {
    const headers = { Origin: 'https://dashboard.example', 'Access-Control-Request-Method': method };
    return send(listener.url, { method: 'OPTIONS', headers });
  }

  function listOf(header: string | string[] | undefined): readonly string[] {
    return String(header).toLowerCase().split(', ');
  }

  it("refuses an image or link of another site's page, which carries no origin", async () => {
    expect((await send(listener.url, { headers: { 'Sec-Fetch-Site': 'cross-site' } })).status).toBe(403);
    expect((await send(listener.url, { headers: { 'Sec-Fetch-Site': 'none' } })).status).toBe(200);
    expect(reached).toBe(1);
  });

  it.each([
    { allowedHosts: ['*.example'] },
    { allowedHosts: ['a b'] },
    { allowedOrigins: ['*'] },
    { allowedOrigins: ['null'] },
  ])('refuses the setting %j', (setting) => {
    const make = () =>
      guardRequests({ allowedHosts: [], allowedOrigins: [], listenHost: '127.0.0.1', ...setting });
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it("knows this machine's own addresses where it listens on all of them", async () => {
    const guarded = (listenHost: string) =>
      serve((app) => {
        app.use(guardRequests({ allowedHosts: [], allowedOrigins: [], listenHost }));
        app.get('/', (_request, response) => response.end());
      });
    const own = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family }) => family === 'IPv4')
      .map(({ address }) => address);
    const onAll = await guarded('0.0.0.0');
    try {
      for (const address of own) {
        expect((await send(onAll.url, { headers: { Host: `${address}:8003` } })).status).toBe(200);
      }
      expect((await send(onAll.url, { headers: { Host: '203.0.113.9' } })).status).toBe(403);
    } finally {
      await onAll.close({ graceMs: 0 });
    }
  });

  it('knows the host that it listens on', async () => {
    const app = express();
    app.use(guardRequests({ allowedHosts: [], allowedOrigins: [], listenHost: 'fl.example' }));
    app.get('/', (_request, response) => response.end());
    app.use(answerErrors({ logger: silentLogger }));
    const named = await listen(app, { port: 0, credentials: false }, { logger: silentLogger });
    try {
      expect((await send(named.url, { headers: { Host: 'fl.example:8080' } })).status).toBe(200);
    } finally {
      await named.close({ graceMs: 0 });
    }
  });
});
