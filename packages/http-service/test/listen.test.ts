import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { jsonBody, listen, silentLogger } from '../src/index.js';
import { send } from './raw-http.js';
import { rememberingLogger, takenPort } from './service.js';

const TLS = new URL('./fixtures/tls/', import.meta.url);
const loopback = { port: 0, credentials: false } as const;
const parts = { logger: silentLogger };

function helloApp() {
  const app = express();
  app.get('/', (_request, response) => response.end('hello'));
  return app;
}

describe('listen', () => {
  it('serves on loopback and says where', async () => {
    const listener = await listen(helloApp(), loopback, parts);
    expect(listener.url).toBe(`http://127.0.0.1:${listener.port}`);
    expect((await send(listener.url)).body).toBe('hello');
    await listener.close();
    await expect(send(listener.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([{ credentials: false }, { credentials: true }])(
    'refuses to listen beyond loopback without credentials and TLS: %j',
    async ({ credentials }) => {
      const listening = listen(helloApp(), { host: '0.0.0.0', port: 0, credentials }, parts);
      await expect(listening).rejects.toMatchObject({
        code: 'invalid-argument',
        details: { host: '0.0.0.0' },
      });
    },
  );

  it('listens beyond loopback when told to, and warns', async () => {
    const logger = rememberingLogger();
    const settings = { host: '0.0.0.0', port: 0, credentials: false, insecure: true };
    const listener = await listen(helloApp(), settings, { logger });
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect((await send(listener.url)).status).toBe(200);
    await listener.close();
  });

  it('does not warn on loopback', async () => {
    const logger = rememberingLogger();
    await (await listen(helloApp(), { ...loopback, insecure: true }, { logger })).close();
    expect(logger.lines.map(({ level }) => level)).toEqual(['info']);
  });

  it('listens beyond loopback without a warning where it has credentials and TLS', async () => {
    const logger = rememberingLogger();
    const [key, cert] = ['key.pem', 'certificate.pem'].map((name) => readFileSync(new URL(name, TLS)));
    const settings = { host: '0.0.0.0', port: 0, credentials: true, tls: { key: key!, cert: cert! } };
    const listener = await listen(helloApp(), settings, { logger });
    expect(listener.url).toBe(`https://127.0.0.1:${listener.port}`);
    const [answer] = (await once(getTls(listener.url, { ca: cert, agent: false }), 'response')) as [
      IncomingMessage,
    ];
    expect((await answer.toArray()).join('')).toBe('hello');
    expect(logger.lines.map(({ level }) => level)).toEqual(['info']);
    await listener.close();
  });

  it('names the port that is in use', async () => {
    const { port, release } = await takenPort();
    const listening = listen(helloApp(), { port, credentials: false }, parts);
    await expect(listening).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(String(port)),
      details: { port },
    });
    await release();
  });

  it.each([
    { port: -1 },
    { port: 70_000 },
    { port: 1.5 },
    { host: '203.0.113.7', insecure: true },
    { tls: { key: 'no key', cert: 'no certificate' } },
  ])('refuses the setting %j', async (setting) => {
    const listening = listen(helloApp(), { ...loopback, ...setting }, parts);
    await expect(listening).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('closes connections that are idle or never sent a request, and may be closed twice', async () => {
    const listener = await listen(helloApp(), loopback, parts);
    const agent = new Agent({ keepAlive: true });
    const [answer] = (await once(get(listener.url, { agent }), 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    const silent = connect(listener.port, '127.0.0.1');
    await once(silent, 'connect');
    const silentClosed = once(silent, 'close');
    await Promise.all([listener.close({ graceMs: 60_000 }), listener.close()]);
    await silentClosed;
    agent.destroy();
  });

  it('lets a request under way end, and ends its connection then', async () => {
    let release: () => void = () => {};
    const arrived = new Promise<void>((arrive) => {
      release = arrive;
    });
    let finish: () => void = () => {};
    const app = express();
    app.get('/', (_request, response) => {
      finish = () => response.end('late');
      release();
    });
    const listener = await listen(app, loopback, parts);
    const agent = new Agent({ keepAlive: true });
    const answered = once(get(listener.url, { agent }), 'response') as Promise<[IncomingMessage]>;
    await arrived;
    const closed = listener.close({ graceMs: 20_000 });
    finish();
    const [answer] = await answered;
    expect((await answer.toArray()).join('')).toBe('late');
    await closed;
    agent.destroy();
  });

  it.each([
    ['a body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n'],
    ['a body in chunks', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2710\r\n'],
    ['a header', 'POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
  ])('ends %s that drips for ever with 408, and its connection with it', async (_what, beginning) => {
    let free: (code: unknown) => void = () => {};
    const freed = new Promise((resolve) => {
      free = resolve;
    });
    const app = express();
    app.post('/', jsonBody({ limitBytes: 1_000_000 }));
    app.use((error: { code: unknown }, _request: unknown, _response: unknown, _next: unknown) => {
      free(error.code);
    });
    const listener = await listen(app, { ...loopback, requestTimeoutMs: 1_000 }, parts);
    const answer = await answerToWhoGoesOn(listener.port, beginning, '1');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"deadline-exceeded"');
    if (!beginning.endsWith(': ')) expect(await freed).toBe('aborted');
    await listener.close({ graceMs: 60_000 });
  });

  it('answers a flood of headers with 413, and ends its connection though they go on coming', async () => {
    const listener = await listen(helloApp(), loopback, parts);
    const line = 'X-More: and more\r\n';
    const beginning = `GET / HTTP/1.1\r\nHost: localhost\r\n${line.repeat(2_000)}`;
    const answer = await answerToWhoGoesOn(listener.port, beginning, line);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"too-large"');
    await listener.close({ graceMs: 60_000 });
  });

  it('takes so many connections and no more, one again once another has gone, and says once that it is so', async () => {
    const logger = rememberingLogger();
    const listener = await listen(helloApp(), { ...loopback, maxConnections: 2 }, { logger });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async () => {
      const [answer] = (await once(get(listener.url, { agent }), 'response')) as [IncomingMessage];
      return (await answer.toArray()).join('');
    };
    expect(await ask()).toBe('hello');
    const silent = connect(listener.port, '127.0.0.1');
    await once(silent, 'connect');
    for (let more = 0; more < 3; more++) await expect(send(listener.url)).rejects.toThrow();
    expect(await ask()).toBe('hello');
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);

    silent.destroy();
    await answered(listener.url);
    agent.destroy();
    await listener.close();
  });

  it('ends a connection that says nothing, with TLS and without', async () => {
    const [key, cert] = ['key.pem', 'certificate.pem'].map((name) => readFileSync(new URL(name, TLS)));
    const ends = [{}, { tls: { key: key!, cert: cert! } }].map(async (tls) => {
      const listener = await listen(helloApp(), { ...loopback, ...tls }, parts);
      const silent = connect(listener.port, '127.0.0.1').resume();
      silent.on('error', () => {});
      await once(silent, 'close');
      await listener.close();
    });
    await Promise.all(ends);
  }, 60_000);

  it('cuts what does not end within the grace time', async () => {
    let arrive: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const app = express();
    app.get('/', () => arrive());
    const listener = await listen(app, loopback, parts);
    const answer = send(listener.url);
    const outcome = expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
    await arrived;
    await listener.close({ graceMs: 20 });
    await outcome;
  });
});

/** Resolves once a request on a connection of its own is answered; asks again where it is not. */
async function answered(url: string): Promise<void> {
  for (;;) {
    const isAnswered = await send(url).then(
      () => true,
      () => false,
    );
    if (isAnswered) return;
  }
}

/** What comes back until the connection is cut, on whose end the sender does not stop sending. */
async function answerToWhoGoesOn(port: number, beginning: string, more: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  socket.on('error', () => {});
  socket.write(beginning);
  const sending = setInterval(() => socket.write(more), 10);
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  clearInterval(sending);
  return Buffer.concat(pieces).toString();
}
