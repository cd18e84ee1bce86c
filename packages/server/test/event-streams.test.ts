import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunId, RunView } from '@fedops/shared-types';
import { afterEach, expect, it } from '@jest/globals';
import express from 'express';
import { createEventLog } from '../src/events/event-log.js';
import { createEventStreams } from '../src/http/event-streams.js';
import { openEvents } from './event-stream.js';
import { fakeClock } from './fake-clock.js';
import { until } from './federation.js';
import { START } from './run-samples.js';

const KILOBYTE = 1_024;
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** Streams of a log that a test fills, and remembers as much as the test says. */
async function aStream({ maxCharacters }: { readonly maxCharacters: number }) {
  const clock = fakeClock();
  const events = createEventLog({ runId: 'v1' as RunId, beganAt: START }, { maxEvents: 1e6, maxCharacters });
  const streams = createEventStreams({ events, clock, view: () => VIEW });
  const app = express().get('/', (_request, response) => streams.open(response, '0'));
  const server = createServer(app).listen(0, '127.0.0.1');
  servers.push(server);
  await until(() => server.listening);
  const { port } = server.address() as AddressInfo;
  const stream = await openEvents(`http://127.0.0.1:${port}`, '/');
  const tell = async (count: number, kilobytes: number) => {
    for (let i = 0; i < count; i++) {
      const message = 'x'.repeat(kilobytes * KILOBYTE);
      events.append([{ kind: 'run-failed', reason: 'stopped', code: 'aborted', message }], START);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, events, stream, tell };
}

const VIEW: RunView = {
  taskId: 'task' as RunView['taskId'],
  runId: 'v1' as RunId,
  round: 0,
  rounds: 1,
  baseVersion: 0,
  nextVersion: 1,
  state: {
    phase: 'failed',
    reason: 'stopped',
    explanation: 'the picture as a whole',
    since: new Date(START).toISOString(),
    deadline: null,
    waitingFor: [],
  },
  clients: [],
  history: [],
  published: null,
};

it('a reader that takes nothing for half a minute is cut', async () => {
  const { clock, stream, tell } = await aStream({ maxCharacters: 1e9 });
  stream.response.pause();
  // More than the buffers of both sockets hold.
  await tell(400, 64);
  await clock.advance(30_000);
  stream.response.resume();
  await until(() => stream.ended());
  expect(stream.response.complete).toBe(false);
});

it('a reader that is slow and comes back is told the whole picture in place of what is forgotten, then goes on', async () => {
  const { events, stream, tell } = await aStream({ maxCharacters: 1_000 * KILOBYTE });
  stream.response.pause();
  await tell(400, 64);
  stream.response.resume();
  await stream.has('reset');
  await tell(1, 1);
  await until(() => stream.events().at(-1)?.id === events.lastId());
  const kinds = stream.events().map(({ kind }) => kind);
  expect(kinds.length).toBeLessThan(400);
  expect(kinds.slice(kinds.indexOf('reset'))).toEqual(['reset', 'run-failed']);
});

it('a reader that goes on taking is not cut', async () => {
  const { clock, stream, tell } = await aStream({ maxCharacters: 1e9 });
  await tell(100, 64);
  await until(() => stream.events().length === 100);
  await clock.advance(120_000);
  await tell(1, 1);
  await until(() => stream.events().length === 101);
  expect(stream.ended()).toBe(false);
});
