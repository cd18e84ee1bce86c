// Memory of an FL server while it receives one update: docs/benchmarks.md, "Upload memory".
// The server is a process of its own; this one streams the update and never holds it whole.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeHeader, layoutOf } from '@fedops/parameters';
import { STATUS } from './clients/status.mjs';

const CHUNK_BYTES = 64 * 1024;
const MEGABYTE = 1_000_000;
const SAMPLE_EVERY_MS = 10;

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '40' },
    'max-rise-megabytes': { type: 'string', default: '60' },
    json: { type: 'string' },
  },
});
const megabytes = positive(values.megabytes, '--megabytes');
const maxRiseMegabytes = positive(values['max-rise-megabytes'], '--max-rise-megabytes');

const elements = Math.round((megabytes * MEGABYTE) / 4);
const signature = [{ name: 'w', shape: [elements], dtype: 'float32' }];
const program = fileURLToPath(new URL('./upload-memory-server.mjs', import.meta.url));
const server = spawn(process.execPath, ['--expose-gc', program, String(elements)], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
const failed = once(server, 'exit').then(([code]) => {
  throw new Error(`the server ended with code ${code}`);
});
failed.catch(() => {});
/** Whether the system keeps the server's peak. */
let isKept = false;

try {
  const [{ url }] = await answerOf('ready');
  const registration = await register(url, 'bench');
  // The second client never delivers: the round stays open, so nothing but the upload is measured.
  await register(url, 'silent');
  await json(url, '/v1/clients/bench/instruction', { token: registration.token });
  const before = await memory('baseline');
  const startedAt = performance.now();
  const answer = await upload(url, registration);
  const seconds = (performance.now() - startedAt) / 1000;
  const peak = await memory('peak');
  report({ answer, before, peak, seconds });
} finally {
  server.kill();
}

function report({ answer, before, peak, seconds }) {
  const riseMegabytes = (peak.bytes - before.bytes) / MEGABYTE;
  const isWithin = riseMegabytes <= maxRiseMegabytes && answer.state === 'counted';
  const result = {
    megabytes,
    baselineMegabytes: rounded(before.bytes / MEGABYTE),
    peakMegabytes: rounded(peak.bytes / MEGABYTE),
    riseMegabytes: rounded(riseMegabytes),
    maxRiseMegabytes,
    seconds: rounded(seconds),
    measuredBy: peak.measuredBy,
    node: process.versions.node,
  };
  console.log(
    `upload of ${megabytes} MB: server RSS ${result.baselineMegabytes} → at most ${result.peakMegabytes} MB, ` +
      `a rise of ${result.riseMegabytes} MB (bound ${maxRiseMegabytes}) in ${result.seconds} s`,
  );
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  if (!isWithin) process.exitCode = 1;
}

/** The chunks of an update whose elements count up; the same chunk's memory serves them all. */
function* updateChunks() {
  yield encodeHeader(signature);
  const chunk = new Float32Array(CHUNK_BYTES / 4);
  const bytes = new Uint8Array(chunk.buffer);
  const { byteLength } = layoutOf(signature);
  for (let at = 0; at < byteLength; at += CHUNK_BYTES) {
    for (let i = 0; i < chunk.length; i++) chunk[i] = (at / 4 + i) % 1_024;
    yield bytes.subarray(0, Math.min(CHUNK_BYTES, byteLength - at));
  }
}

async function upload(url, { token, runId }) {
  const hash = createHash('sha256');
  let length = 0;
  for (const chunk of updateChunks()) {
    hash.update(chunk);
    length += chunk.length;
  }
  const outgoing = request(new URL(`/v1/runs/${runId}/rounds/1/updates/bench`, url), {
    method: 'PUT',
    agent: false,
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Length': length,
      'Content-Digest': `sha-256=:${hash.digest('base64')}:`,
      'FedOps-Update': '{"numExamples":1}',
    },
  });
  const answered = once(outgoing, 'response');
  for (const chunk of updateChunks()) {
    if (!outgoing.write(Buffer.from(chunk))) await once(outgoing, 'drain');
  }
  outgoing.end();
  const [response] = await answered;
  return bodyOf(response);
}

async function register(url, clientId) {
  return json(url, '/v1/clients', {
    method: 'POST',
    body: {
      protocolVersion: 1,
      taskId: 'bench',
      clientId,
      key: 'the key of the benchmark',
      status: STATUS,
    },
  });
}

async function json(url, path, { method = 'GET', token, body } = {}) {
  const outgoing = request(new URL(path, url), {
    method,
    agent: false,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
  });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = await once(outgoing, 'response');
  return bodyOf(response);
}

async function bodyOf(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (response.statusCode >= 300) throw new Error(`${response.statusCode}: ${text}`);
  return JSON.parse(text);
}

/**
 * The server's resident memory now (`baseline`) or at its highest since (`peak`). Linux keeps the highest value
 * itself, so that no sample can miss it, and forgets an earlier one on request; elsewhere the server samples.
 */
async function memory(kind) {
  const [{ bytes }] = await answerOf(kind, { sampleEveryMs: SAMPLE_EVERY_MS });
  if (kind === 'baseline') isKept = forgetPeak();
  if (!isKept) return { bytes, measuredBy: 'samples of process.memoryUsage.rss' };
  const field = kind === 'baseline' ? 'VmRSS' : 'VmHWM';
  return { bytes: fieldOf(`/proc/${server.pid}/status`, field), measuredBy: '/proc VmRSS and VmHWM' };
}

function forgetPeak() {
  try {
    writeFileSync(`/proc/${server.pid}/clear_refs`, '5');
    return fieldOf(`/proc/${server.pid}/status`, 'VmHWM') !== undefined;
  } catch {
    return false;
  }
}

function fieldOf(status, name) {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(status, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function answerOf(question, details = {}) {
  if (question !== 'ready') server.send({ question, ...details });
  return Promise.race([once(server, 'message'), failed]);
}

function positive(text, option) {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new Error(`${option}: expected a number above 0, got ${text}`);
  return value;
}

function rounded(value) {
  return Math.round(value * 10) / 10;
}
