import { once } from 'node:events';
import { Agent, request as askNode } from 'node:http';
import { connect, type Socket } from 'node:net';
import { FedOpsError } from '@fedops/shared-types';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { answerErrors, type Listener, listen, silentLogger } from '../src/index.js';

const logger = silentLogger;
const MIB = 1024 * 1024;

let listener: Listener;
afterEach(() => listener.close({ graceMs: 0 }));

/** Refuses each PUT before its body is read, reads each POST, greets each GET. */
async function service(): Promise<{ readonly bytesRead: () => number }> {
  let socket: Socket | undefined;
  const app = express();
  app.use((request, _response, next) => {
    socket = request.socket;
    next();
  });
  app.put('/', () => {
    throw new FedOpsError('overloaded', 'not now');
  });
  app.get('/', (_request, response) => void response.json('hello'));
  app.post('/', async (request, response) => {
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    await once(request, 'end');
    response.json(length);
  });
  app.use(answerErrors({ logger }));
  listener = await listen(app, { port: 0, credentials: false }, { logger });
  return { bytesRead: () => socket?.bytesRead ?? 0 };
}

function head(method: string, ...headers: readonly string[]): string {
  return [`${method} / HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

/** A sender that goes on whatever it is answered, as long as anything is taken; resolves when it is cut off. */
async function answerToStubbornSender(beginning: string, piece: Buffer): Promise<string> {
  const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  socket.on('error', () => {});
  const sendOn = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', sendOn);
  socket.write(beginning);
  sendOn();
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return answer;
}

describe('an answer to a request whose body was not read', () => {
  it.each([
    ['announced', 'PUT', 'Content-Length: 4000000000', Buffer.alloc(MIB)],
    ['in chunks', 'PUT', 'Transfer-Encoding: chunked', Buffer.from(`2000\r\n${'x'.repeat(0x2000)}\r\n`)],
    ['of a GET', 'GET', 'Content-Length: 4000000000', Buffer.alloc(MIB)],
  ])(
    'arrives, and takes the connection along where the body is long, %s',
    async (what, method, length, piece) => {
      const { bytesRead } = await service();
      const answer = await answerToStubbornSender(head(method, length), piece);
      if (method === 'GET') {
        expect(answer).toContain('hello');
      } else {
        expect(answer).toMatch(/^HTTP\/1\.1 429 /);
        expect(answer).toMatch(/\r\nConnection: close\r\n/);
        expect(answer).toContain('"code":"overloaded"');
      }
      expect([what, bytesRead() < 5 * MIB]).toEqual([what, true]);
    },
  );

  it('leaves the connection of a short body fit for the next request', async () => {
    await service();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const put = () =>
      new Promise<{ status: number | undefined; localPort: number | undefined }>((resolve, reject) => {
        const options = { port: listener.port, method: 'PUT', agent, headers: { 'Content-Length': 60_000 } };
        const outgoing = askNode(options, (response) => {
          const { localPort } = response.socket;
          response.resume().once('end', () => resolve({ status: response.statusCode, localPort }));
        });
        outgoing.once('error', reject).end(Buffer.alloc(60_000));
      });
    const [first, second] = [await put(), await put()];
    agent.destroy();
    expect([first.status, second.status]).toEqual([429, 429]);
    expect(second.localPort).toBe(first.localPort);
  });
});

describe('a request that asks whether to send its body', () => {
  const EXPECT = 'Expect: 100-continue';

  it('is refused without being asked for it', async () => {
    await service();
    const socket = connect(listener.port, '127.0.0.1');
    socket.write(head('PUT', 'Content-Length: 100000', EXPECT));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 429 /);
    socket.destroy();
  });

  it('is asked for it when it is read, and answered then', async () => {
    await service();
    const socket = connect(listener.port, '127.0.0.1');
    socket.write(head('POST', 'Content-Length: 5', EXPECT));
    const [asked] = (await once(socket, 'data')) as [Buffer];
    expect(asked.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('12345');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 (?:.|\r\n)*\r\n\r\n5$/);
    socket.destroy();
  });
});
