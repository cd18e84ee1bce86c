// Registrations, heartbeats and rows of metrics a second, over HTTP on loopback, with the clients in this process.
// node packages/server-manager/bench/registrations.mjs [--devices=10000] [--json]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const DEVICES = Number(process.argv.find((one) => one.startsWith('--devices='))?.slice(10) ?? 10_000);
const AT_ONCE = 64;
const ROWS_A_REQUEST = 100;

const dataDir = await mkdtemp(join(tmpdir(), 'fedops-bench-'));
const began = performance.now();
const module = fileURLToPath(new URL('../test/manager-process.mjs', import.meta.url));
const manager = spawn(process.execPath, [module, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
const [url] = await once(createInterface({ input: manager.stdout }), 'line');
const coldStartMs = performance.now() - began;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

function send(method, path, body, token) {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      ...(token && { Authorization: `Bearer ${token}` }),
    };
    const outgoing = request(new URL(path, url), { method, headers, agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        if (response.statusCode >= 400) reject(new Error(`${response.statusCode} ${answer}`));
        else resolve(JSON.parse(answer));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

async function measure(count, work) {
  const times = [];
  let next = 0;
  const start = performance.now();
  const worker = async () => {
    while (next < count) {
      const i = next++;
      const from = performance.now();
      await work(i);
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const at = (share) =>
    Number(times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(1));
  return { count, perSecond: Math.round(count / seconds), p50Ms: at(0.5), p99Ms: at(0.99) };
}

function residentMb() {
  if (process.platform !== 'linux') return null;
  const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${manager.pid}/status`, 'utf8'));
  return Math.round(Number(kb) / 1024);
}

try {
  await send('POST', '/v1/tasks', { taskId: 'bench' });
  const idleMb = residentMb();
  const tokens = [];
  const registrations = await measure(DEVICES, async (i) => {
    const body = { protocolVersion: 1, deviceId: `d${i}`, key: `key-of-the-device-${i}`, mac: `m${i}` };
    tokens[i] = (await send('POST', '/v1/tasks/bench/devices', body)).token;
  });
  const heartbeats = await measure(2 * DEVICES, (i) => {
    const d = i % DEVICES;
    const body = { activity: { kind: 'training', runId: null, progress: 0.5 } };
    return send('POST', `/v1/tasks/bench/devices/d${d}/heartbeat`, body, tokens[d]);
  });
  const row = {
    kind: 'train',
    runId: 'r1',
    clientId: 'c',
    round: 1,
    values: { train_loss: 0.1, train_accuracy: 0.9 },
  };
  const rows = Array.from({ length: ROWS_A_REQUEST }, () => row);
  const batched = await measure(300, () => send('POST', '/v1/tasks/bench/metrics', { rows }));
  const single = await measure(5_000, (i) =>
    send('PUT', '/client_perf/train_result/bench', {
      client_mac: `m${i}`,
      round: 1,
      train_loss: 0.1,
      gl_model_v: 1,
    }),
  );
  const result = {
    node: process.version,
    coldStartMs: Math.round(coldStartMs),
    registrations,
    heartbeats,
    metricRowsBatched: { ...batched, rowsPerSecond: batched.perSecond * ROWS_A_REQUEST },
    metricRowsSingle: single,
    residentMb: { idle: idleMb, after: residentMb() },
  };
  if (process.argv.includes('--json')) console.log(JSON.stringify(result));
  else console.dir(result, { depth: 3 });
} finally {
  agent.destroy();
  manager.kill('SIGKILL');
  await once(manager, 'exit');
  await rm(dataDir, { recursive: true, force: true });
}
