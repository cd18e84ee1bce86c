// Does a long run grow? A server in a process of its own runs 1,000 rounds over the HTTP door; clients and a reader of
// its events are here. What the server holds after garbage collection is compared at several rounds.
// node packages/server/bench/thousand-rounds.mjs [--rounds N] [--clients N] [--json FILE]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRunReader } from '@fedops/run-reader';
import { digits } from './figures.mjs';
import { machine } from './machine.mjs';
import { BOUNDS, beyondBounds, growthOf } from './rounds/growth.mjs';
import { takePart } from './rounds/steady-client.mjs';
import { SERVER_FLAGS } from './server-flags.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1000' },
    clients: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const rounds = whole(values.rounds, '--rounds', 200);
const clientCount = whole(values.clients, '--clients', 1);

/** By this round everything is loaded and compiled, and the hundred rounds that a view shows are full. */
const FIRST_ROUND = 100;
const EVERY_ROUNDS = 100;
/** With so many events told, all that is remembered of a run is full: from then on nothing grows. */
const REMEMBERED_EVENTS = 8_192;

/** The measurement of each round, or its promise; all clients wait for it, so that the server rests meanwhile. */
const measuring = new Map();
let events = 0;
/** The first measured round at which the memory of the run was full. */
let settledRound;

const server = fork(
  fileURLToPath(new URL('rounds/long-run-server.mjs', import.meta.url)),
  [rounds, clientCount].map(String),
  { execArgv: [...SERVER_FLAGS, '--expose-gc'] },
);
const failed = once(server, 'exit').then(([code]) => {
  throw new Error(`the server ended with ${code}`);
});
failed.catch(() => {});
try {
  const { url } = await told('listening');
  const finished = told('finished');
  const stop = new AbortController();
  const reading = readEvents(url, stop.signal);
  const began = performance.now();
  const clients = Array.from({ length: clientCount }, (_, i) => takePart(url, `client-${i}`, measureAt));
  const { status } = await finished;
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(clients);
  stop.abort();
  await reading;
  report({ status, seconds, measures: await Promise.all(measuring.values()) });
} finally {
  server.kill();
}

function report({ status, seconds, measures }) {
  const growth = growthOf(measures, settledRound);
  const beyond = beyondBounds(growth);
  const last = measures.at(-1);
  console.log(
    `${rounds} rounds of ${clientCount} clients, ${digits((seconds * 1000) / rounds, 3)} ms each, ` +
      `${events} events read, memory of the run full at round ${settledRound ?? 'none'}; ${status}`,
  );
  for (const [figure, bound] of Object.entries(BOUNDS)) {
    const { whole, settled } = growth[figure];
    const since = settled === undefined ? '' : `; ${rounded(settled)} since it was full (${bound.settled})`;
    console.log(
      `${figure.padEnd(22)} ${rounded(measures[0][figure])} → ${rounded(last[figure])}, ` +
        `a growth of ${rounded(whole)} (bound ${bound.whole})${since}${beyond.includes(figure) ? ' BEYOND' : ''}`,
    );
  }
  if (values.json !== undefined) {
    const result = {
      machine: machine(),
      rounds,
      clients: clientCount,
      status,
      events,
      millisecondsPerRound: (seconds * 1000) / rounds,
      settledRound: settledRound ?? null,
      bounds: BOUNDS,
      growth,
      measures,
    };
    writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  }
  if (status !== 'published' || beyond.length > 0) process.exitCode = 1;
}

async function measureAt(round) {
  const isDue = round >= FIRST_ROUND && (round % EVERY_ROUNDS === 0 || round === rounds);
  if (!isDue) return;
  if (!measuring.has(round)) measuring.set(round, measure(round));
  await measuring.get(round);
}

async function measure(round) {
  const measured = told('measured');
  server.send('measure');
  const { measure } = await measured;
  if (events >= REMEMBERED_EVENTS) settledRound ??= round;
  return { round, ...measure };
}

/** The next message of the server with this event. */
function told(event) {
  const message = new Promise((resolve) => {
    server.on('message', function look(words) {
      if (words.event !== event) return;
      server.off('message', look);
      resolve(words);
    });
  });
  return Promise.race([message, failed]);
}

async function readEvents(baseUrl, signal) {
  try {
    for await (const { kind } of createRunReader({ baseUrl }).events({ after: '0', signal })) {
      if (kind === 'reset') throw new Error('the reader fell behind');
      events++;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function whole(text, option, least) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new Error(`${option}: expected a whole number from ${least}, got ${text}`);
  }
  return value;
}

function rounded(value) {
  return Math.round(value * 10) / 10;
}
