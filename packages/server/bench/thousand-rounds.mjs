// Does a long run grow? Runs 1,000 rounds over the HTTP door in this process, with its clients and a reader of its
// events, and compares the heap after garbage collection at several rounds.
// node --expose-gc packages/server/bench/thousand-rounds.mjs [--rounds N] [--clients N] [--json FILE]
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { silentLogger } from '@fedops/http-service';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { createRunReader } from '@fedops/run-reader';
import { FLServer } from '@fedops/server';
import { fedAvg } from '@fedops/strategies';
import { machine } from './machine.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1000' },
    clients: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const rounds = whole(values.rounds, '--rounds', 200);
const clientCount = whole(values.clients, '--clients', 1);

const MEGABYTE = 1024 ** 2;
/** By this round everything is loaded and compiled, and the hundred rounds that a view shows are full. */
const FIRST_ROUND = 100;
const EVERY_ROUNDS = 100;
/** The events that the server remembers fill up meanwhile: 4 Mi characters and what holds them together. */
const MAX_GROWTH_MEGABYTES = 8;
/** With so many events told, all that is remembered of a run is full: from then on nothing grows. */
const REMEMBERED_EVENTS = 8_192;
const MAX_SETTLED_GROWTH_MEGABYTES = 1;

if (globalThis.gc === undefined) throw new Error('start node with --expose-gc');

const dataDir = mkdtempSync(join(tmpdir(), 'fedops-bench-rounds-'));
const initialParameters = createParameters(
  [{ name: 'w', shape: [1_000], dtype: 'float32' }],
  [new Float32Array(1_000)],
);
const update = Buffer.from(encodeParameters(initialParameters));
const digest = createHash('sha256').update(update).digest('base64');
/** Heap after garbage collection, by round. */
const heap = new Map();
let events = 0;
/** The first measured round at which the memory of the run was full. */
let settledRound;

try {
  const server = await new FLServer(
    {
      taskId: 'bench',
      rounds,
      dataDir,
      listen: { port: 0 },
      selection: { minConnected: clientCount },
      policy: { quorum: clientCount },
    },
    { strategy: fedAvg(), initialParameters, logger: silentLogger },
  ).start();
  const stop = new AbortController();
  const reading = readEvents(server.url, stop.signal);
  const began = performance.now();
  const clients = Array.from({ length: clientCount }, (_, i) => takePart(server.url, `client-${i}`));
  const { status } = await server.finished;
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(clients);
  stop.abort();
  await reading;
  await server.close();
  report({ status, seconds });
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

function report({ status, seconds }) {
  const last = Math.max(...heap.keys());
  const growthMegabytes = heap.get(last) - heap.get(FIRST_ROUND);
  const settledGrowthMegabytes = settledRound === undefined ? 0 : heap.get(last) - heap.get(settledRound);
  const isWithin =
    status === 'published' &&
    growthMegabytes <= MAX_GROWTH_MEGABYTES &&
    settledGrowthMegabytes <= MAX_SETTLED_GROWTH_MEGABYTES;
  const result = {
    rounds,
    clients: clientCount,
    heapMegabytes: Object.fromEntries([...heap].map(([round, megabytes]) => [round, rounded(megabytes)])),
    growthMegabytes: rounded(growthMegabytes),
    maxGrowthMegabytes: MAX_GROWTH_MEGABYTES,
    settledRound: settledRound ?? null,
    settledGrowthMegabytes: rounded(settledGrowthMegabytes),
    maxSettledGrowthMegabytes: MAX_SETTLED_GROWTH_MEGABYTES,
    millisecondsPerRound: rounded((seconds * 1000) / rounds),
    events,
    status,
    machine: machine(),
  };
  console.log(
    `${rounds} rounds of ${clientCount} clients: heap ${result.heapMegabytes[FIRST_ROUND]} MB at round ${FIRST_ROUND}, ` +
      `${result.heapMegabytes[last]} MB at round ${last}, a growth of ${result.growthMegabytes} MB ` +
      `(bound ${MAX_GROWTH_MEGABYTES}), of it ${result.settledGrowthMegabytes} MB (bound ${MAX_SETTLED_GROWTH_MEGABYTES}) ` +
      `since its memory was full at round ${settledRound ?? 'none'}; ${result.millisecondsPerRound} ms per round, ${events} events read; ${status}`,
  );
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  if (!isWithin) process.exitCode = 1;
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

/** A client that delivers the same update in every round. */
async function takePart(url, clientId) {
  const status = {
    FL_task_id: 'bench',
    FL_client_num: 0,
    FL_client_mac: null,
    FL_client_online: true,
    FL_client_start: true,
    FL_client_fail: false,
    FL_server_IP: null,
    FL_next_gl_model: 1,
  };
  const key = `the key of ${clientId}`;
  const { token, runId } = await ask(url, '/v1/clients', {
    method: 'POST',
    body: { protocolVersion: 1, taskId: 'bench', clientId, key, status },
  });
  for (;;) {
    const instruction = await ask(url, `/v1/clients/${clientId}/instruction`, { token });
    if (instruction === undefined) continue;
    const { kind, round } = instruction;
    const path = (results) => `/v1/runs/${runId}/rounds/${round}/${results}/${clientId}`;
    switch (kind) {
      case 'fit':
        measureAt(round);
        await ask(url, path('updates'), { method: 'PUT', token, bytes: update });
        break;
      case 'evaluate': {
        const body = { loss: 0.5, numExamples: 10, metrics: { accuracy: 0.75 } };
        await ask(url, path('evaluations'), { method: 'PUT', token, body });
        break;
      }
      default:
        return;
    }
  }
}

async function ask(url, path, { method = 'GET', token, body, bytes } = {}) {
  const answer = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(bytes !== undefined && {
        'Content-Digest': `sha-256=:${digest}:`,
        'FedOps-Update': '{"numExamples":10,"metrics":{"loss":0.5}}',
      }),
    },
    ...((body !== undefined || bytes !== undefined) && { body: bytes ?? JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function measureAt(round) {
  const isDue = round >= FIRST_ROUND && (round % EVERY_ROUNDS === 0 || round === rounds);
  if (!isDue || heap.has(round)) return;
  globalThis.gc();
  heap.set(round, process.memoryUsage().heapUsed / MEGABYTE);
  if (events >= REMEMBERED_EVENTS) settledRound ??= round;
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
