// Prints, as JSON, the SHA-256 of the models that fixed updates make on the Node that runs it, from built output.
// Argument: in how many orders of arrival FedAvg has them, one a round.
import { createHash } from 'node:crypto';
import { silentLogger } from '@fedops/http-service';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { FLServer } from '@fedops/server';
import { fedAvg, fedAvgM } from '@fedops/strategies';

const CLIENTS = Array.from({ length: 20 }, (_, k) => `client ${k}`);
const ORDERS = Number(process.argv[2] ?? 3);
const MAGNITUDES = [1e-8, 1, 1e8, 1e-4, 1e4];
const SIGNATURE = [
  { name: 'single', shape: [37, 11], dtype: 'float32' },
  { name: 'double', shape: [101], dtype: 'float64' },
  { name: 'counts', shape: [19], dtype: 'int32' },
];

/** Integers below 2³¹ − 1 that follow from the seed, by arithmetic that is exact everywhere (MINSTD). */
function integers(seed) {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
}

function updateOf(k, round) {
  const next = integers(1000 * round + k);
  const value = (_, i) => (next() / 2 ** 31 - 0.5) * MAGNITUDES[(i + k) % MAGNITUDES.length];
  return encodeParameters(
    createParameters(SIGNATURE, [
      new Float32Array(37 * 11).map(value),
      new Float64Array(101).map(value),
      new Int32Array(19).map(() => (next() % 2001) - 1000),
    ]),
  );
}

function shuffled(seed) {
  const next = integers(seed);
  return CLIENTS.map((_, k) => ({ k, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ k }) => k);
}

async function ask(url, path, options) {
  const response = await fetch(new URL(path, url), options);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

async function register(url, clientId) {
  const status = {
    FL_task_id: 'task',
    FL_client_num: 0,
    FL_client_mac: null,
    FL_client_online: true,
    FL_client_start: true,
    FL_client_fail: false,
    FL_server_IP: null,
    FL_next_gl_model: 1,
  };
  const registration = {
    protocolVersion: 1,
    taskId: 'task',
    clientId,
    key: `the key of ${clientId}`,
    status,
  };
  const { token } = await ask(url, '/v1/clients', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(registration),
  });
  return token;
}

/** Of the model of each round; in `round`, the updates are those of `updatesOf(round)`. */
async function digestsOf(strategy, { rounds, seed, updatesOf }) {
  const initial = SIGNATURE.map(({ shape, dtype }) => {
    const count = shape.reduce((a, b) => a * b, 1);
    if (dtype === 'float32') return new Float32Array(count);
    return dtype === 'float64' ? new Float64Array(count) : new Int32Array(count);
  });
  const server = await new FLServer(
    {
      taskId: 'task',
      rounds,
      listen: { port: 0 },
      selection: { minConnected: CLIENTS.length },
      clientEvaluation: { fraction: 0 },
    },
    { strategy, initialParameters: createParameters(SIGNATURE, initial), logger: silentLogger },
  ).start();
  const { url } = server;
  const tokens = [];
  for (const client of CLIENTS) tokens.push(await register(url, client));
  const instruction = (k) =>
    ask(url, `/v1/clients/${encodeURIComponent(CLIENTS[k])}/instruction`, {
      headers: { Authorization: `Bearer ${tokens[k]}` },
    });
  const digests = [];
  for (let round = 1; round <= rounds; round++) {
    const { parameters } = await instruction(0);
    if (round > 1) digests.push(parameters.digest);
    const updates = updatesOf(round);
    for (const k of shuffled(seed + round)) {
      const body = updates[k];
      const digest = createHash('sha256').update(body).digest('base64');
      await ask(url, `/v1/runs/v1/rounds/${round}/updates/${encodeURIComponent(CLIENTS[k])}`, {
        method: 'PUT',
        headers: {
          Authorization: `Bearer ${tokens[k]}`,
          'Content-Digest': `sha-256=:${digest}:`,
          'FedOps-Update': JSON.stringify({
            numExamples: 1 + ((k * 37) % 50),
            metrics: { loss: 1 / (k + 1) },
          }),
        },
        body,
      });
    }
  }
  const outcome = await server.finished;
  if (outcome.status !== 'published') throw outcome.error;
  await Promise.all(CLIENTS.map((_, k) => instruction(k)));
  await server.close();
  return [...digests, outcome.digest];
}

/** The mean does not depend on the model before it: with the same updates every round makes the same one. */
async function digestsOfFedAvg() {
  const updates = CLIENTS.map((_, k) => updateOf(k, 1));
  return digestsOf(fedAvg(), { rounds: ORDERS, seed: 10, updatesOf: () => updates });
}

async function digestsOfFedAvgM() {
  const updatesOf = (round) => CLIENTS.map((_, k) => updateOf(k, round));
  const digests = [];
  for (const seed of [10, 20, 30]) {
    const ofRounds = await digestsOf(fedAvgM({ momentum: 0.9 }), { rounds: 3, seed, updatesOf });
    digests.push(ofRounds.at(-1));
  }
  return digests;
}

/** All that differ: one, where all is well. */
function only(digests) {
  return [...new Set(digests)].slice(0, 5).join(' or ');
}

const digests = { FedAvg: only(await digestsOfFedAvg()), FedAvgM: only(await digestsOfFedAvgM()) };
process.stdout.write(`${JSON.stringify(digests)}\n`);
