import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunEvent } from '@fedops/shared-types';
import { afterEach } from '@jest/globals';
import type { Clock } from '../src/index.js';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A server that gives these answers in turn, the last one ever after; remembers what it was asked. */
export async function aServer(...answers: readonly [Answer, ...Answer[]]) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push(request);
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}`, asked, urls: () => asked.map(({ url }) => url) };
}

export function messageOf(event: RunEvent): string {
  return `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** A stream of these events; what becomes of the connection then, `end` says. */
export function streaming(events: readonly RunEvent[], end: 'ends' | 'breaks' | 'stays' = 'ends'): Answer {
  return sending(events.map(messageOf).join(''), end);
}

export function sending(text: string, end: 'ends' | 'breaks' | 'stays' = 'ends'): Answer {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    response.write(text, () => {
      if (end === 'ends') response.end();
      if (end === 'breaks') response.destroy();
    });
  };
}

export function refusing(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** Time in which pauses between attempts are over at once, and nobody is ever silent for too long. */
export function hastyClock() {
  const pauses: number[] = [];
  const clock: Clock = {
    after(ms, callback) {
      if (ms > 15_000) return { cancel: () => {} };
      pauses.push(ms);
      const immediate = setImmediate(callback);
      return { cancel: () => clearImmediate(immediate) };
    },
  };
  return { clock, pauses };
}
