import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createParameters, decodeParameters, encodeParameters } from '@fedops/parameters';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask } from './ask.js';
import { takePart } from './take-part.js';

const MODEL = createParameters([{ name: 'w', shape: [4], dtype: 'float32' }], [new Float32Array(4)]);

let dataDir: string;
const processes = new Set<ChildProcess>();
const servers = new Set<number>();

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fedops-server-manager-'));
});

afterEach(async () => {
  for (const child of processes) await killed(child);
  for (const pid of servers) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  servers.clear();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

async function startManager(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const module = fileURLToPath(new URL('./manager-process.mjs', import.meta.url));
  const child = spawn(process.execPath, [module, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  processes.add(child);
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  return { url: String(line), child };
}

async function killed(child: ChildProcess): Promise<void> {
  processes.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function prepareTask(url: string, run: object): Promise<void> {
  await ask(url, 'POST', '/v1/tasks', { body: { taskId: 'mnist', run } });
  const { status } = await ask(url, 'PUT', '/v1/tasks/mnist/initial-parameters', {
    bytes: encodeParameters(MODEL),
  });
  expect(status).toBe(200);
}

/** Asks until the run is in one of these states. */
async function runIn(url: string, runId: string, ...statuses: readonly string[]) {
  for (const end = Date.now() + 100_000; Date.now() < end; ) {
    const { json } = await ask(url, 'GET', `/v1/runs/${runId}`);
    if (json.state.status === 'running') servers.add(json.state.pid);
    if (statuses.includes(json.state.status)) return json;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { json } = await ask(url, 'GET', `/v1/runs/${runId}`);
  const log = await ask(url, 'GET', `/v1/runs/${runId}/log`);
  throw new Error(`run ${JSON.stringify(json.state)}\n${log.bytes.toString()}`);
}

async function startRun(url: string, body: object = {}): Promise<string> {
  const { status, json } = await ask(url, 'POST', '/v1/tasks/mnist/runs', { body });
  expect(status).toBe(201);
  return json.runId;
}

/** Resolves when the process is gone; rejects where it is not in time. */
async function endOf(pid: number, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; ) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`process ${pid} is still there after ${withinMs} ms`);
}

/** The process of an FL server that is being started, as soon as it has written down its id. */
async function pidOfStarting(): Promise<number> {
  for (const end = Date.now() + 100_000; Date.now() < end; ) {
    const files = await readdir(dataDir, { recursive: true });
    const path = files.find((file) => basename(file) === 'process.json');
    if (path !== undefined) return JSON.parse(await readFile(join(dataDir, path), 'utf8')).pid;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('no FL server has written down its id');
}

async function restarted(url: string, runId: string): Promise<void> {
  while ((await ask(url, 'GET', `/v1/runs/${runId}`)).json.restarts === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What is kept of a task that two runs have trained. */
async function keptOf(url: string) {
  const json = async (path: string) => (await ask(url, 'GET', path)).json;
  const { bytes } = await ask(url, 'GET', '/v1/tasks/mnist/models/1/parameters');
  return {
    models: await json('/v1/tasks/mnist/models'),
    best: await json('/v1/tasks/mnist/models/best'),
    latest: await json('/v1/tasks/mnist/models/latest'),
    w: [...(decodeParameters(bytes).tensors[0] as Float32Array)],
    runs: await json('/v1/tasks/mnist/runs'),
    parts: [await json('/v1/runs/r1/clients'), await json('/v1/runs/r2/clients')],
    rows: await json('/v1/tasks/mnist/metrics'),
  };
}

describe('an FL server that the manager starts', () => {
  it('trains with its clients, publishes, reports its rounds, and the next run goes on from there', async () => {
    const { url } = await startManager();
    await prepareTask(url, { rounds: 2, clientsPerRound: { kind: 'count', count: 2 } });
    for (const version of [1, 2]) {
      const runId = await startRun(url);
      const { state } = await runIn(url, runId, 'running');
      const ends = await Promise.all(['c1', 'c2'].map((client) => takePart(state.url, 'mnist', client)));
      expect(ends.map(({ kind }) => kind)).toEqual(['finish', 'finish']);
      expect((await runIn(url, runId, 'published', 'failed')).state).toMatchObject({
        status: 'published',
        version,
      });
    }
    const { json: latest } = await ask(url, 'GET', '/v1/tasks/mnist/models/latest');
    expect(latest).toMatchObject({ version: 2, metrics: { accuracy: 0.75, loss: 0.25, fit_loss: 0.5 } });
    const { bytes } = await ask(url, 'GET', '/v1/tasks/mnist/models/latest/parameters');
    expect(decodeParameters(bytes).tensors[0]).toEqual(new Float32Array(4).fill(4));
    const { json: rows } = await ask(url, 'GET', '/v1/tasks/mnist/metrics?kind=model&run=r2');
    expect(rows.map(({ round }: { round: number }) => round)).toEqual([1, 2]);
    const log = await ask(url, 'GET', '/v1/runs/r2/log');
    expect(log.bytes.toString()).toContain('the run goes on');
    expect((await ask(url, 'GET', '/v1/runs/r2/view')).json.history.length).toBeGreaterThanOrEqual(2);
  }, 300_000);

  it('makes its run a failed one, with a reason, when it is killed', async () => {
    const { url } = await startManager();
    await prepareTask(url, { rounds: 1 });
    const runId = await startRun(url);
    const { state } = await runIn(url, runId, 'running');
    process.kill(state.pid, 'SIGKILL');
    const { state: after } = await runIn(url, runId, 'failed', 'published');
    expect(after).toMatchObject({
      status: 'failed',
      reason: 'server-crashed',
      message: 'the FL server was ended by SIGKILL',
    });
    await runIn(url, await startRun(url), 'running');
  }, 300_000);

  it('goes on in the same run after a crash where restarts are left', async () => {
    const { url } = await startManager();
    await prepareTask(url, { rounds: 1, serverRestarts: 1, clientsPerRound: { kind: 'count', count: 1 } });
    const runId = await startRun(url);
    const { state } = await runIn(url, runId, 'running');
    process.kill(state.pid, 'SIGKILL');
    await restarted(url, runId);
    const again = await runIn(url, runId, 'running');
    expect(again.state.port).toBe(state.port);
    await takePart(again.state.url, 'mnist', 'c1');
    expect((await runIn(url, runId, 'published', 'failed')).state.status).toBe('published');
  }, 300_000);

  it('makes its run a failed one when it is killed before it is ready, and the next run starts', async () => {
    const { url } = await startManager();
    await prepareTask(url, { rounds: 1 });
    const runId = await startRun(url);
    process.kill(await pidOfStarting(), 'SIGKILL');
    expect((await runIn(url, runId, 'failed', 'published')).state.reason).toBe('server-crashed');
    await runIn(url, await startRun(url), 'running');
  }, 300_000);

  (process.platform === 'win32' ? it.skip : it)(
    'ends a stopped run when it is killed while it stops, also where restarts are left',
    async () => {
      const { url } = await startManager();
      await prepareTask(url, { rounds: 1, serverRestarts: 1 });
      const runId = await startRun(url);
      const { state } = await runIn(url, runId, 'running');
      process.kill(state.pid, 'SIGSTOP');
      await ask(url, 'POST', `/v1/runs/${runId}/stop`, { body: { message: 'enough' } });
      expect((await runIn(url, runId, 'stopping', 'failed')).state.status).toBe('stopping');
      process.kill(state.pid, 'SIGKILL');
      expect((await runIn(url, runId, 'failed', 'running')).state).toMatchObject({
        status: 'failed',
        reason: 'stopped',
        message: 'enough',
      });
    },
    60_000,
  );

  it('has its run wait where its disk fails, and goes', async () => {
    const { url } = await startManager();
    await prepareTask(url, { rounds: 1, clientsPerRound: { kind: 'count', count: 1 } });
    const runId = await startRun(url);
    const { state } = await runIn(url, runId, 'running');
    const spool = (await readdir(dataDir, { recursive: true })).find((file) => basename(file) === 'spool');
    await rm(join(dataDir, String(spool)), { recursive: true });
    await takePart(state.url, 'mnist', 'c1').catch(() => undefined);
    expect((await runIn(url, runId, 'suspended', 'failed', 'published')).state).toMatchObject({
      status: 'suspended',
      reason: 'storage',
      message: expect.stringContaining('update spool'),
    });
    await endOf(state.pid, 60_000);
    await ask(url, 'POST', `/v1/runs/${runId}/stop`);
    await runIn(url, await startRun(url), 'running');
  }, 300_000);

  it('ends when its run is stopped', async () => {
    const { url } = await startManager();
    await prepareTask(url, { rounds: 1 });
    const runId = await startRun(url);
    const { state } = await runIn(url, runId, 'running');
    await ask(url, 'POST', `/v1/runs/${runId}/stop`);
    expect((await runIn(url, runId, 'failed')).state.reason).toBe('stopped');
    await runIn(url, await startRun(url), 'running');
    expect(() => process.kill(state.pid, 0)).toThrow();
  }, 300_000);
});

describe('a manager that is killed', () => {
  it('has kept all that it acknowledged, and its successor goes on with the run that its FL server goes on with', async () => {
    const first = await startManager();
    await prepareTask(first.url, { rounds: 1, clientsPerRound: { kind: 'count', count: 2 } });
    const registration = { protocolVersion: 1, deviceId: 'd1', key: 'a key of the device d1' };
    const { json: device } = await ask(first.url, 'POST', '/v1/tasks/mnist/devices', { body: registration });
    const runId = await startRun(first.url);
    const { state } = await runIn(first.url, runId, 'running');
    const early = takePart(state.url, 'mnist', 'c1');
    await killed(first.child);

    const late = takePart(state.url, 'mnist', 'c2');
    const second = await startManager();
    const { token } = device;
    const heartbeat = { token, body: { activity: { kind: 'idle' } } };
    expect((await ask(second.url, 'POST', '/v1/tasks/mnist/devices/d1/heartbeat', heartbeat)).status).toBe(
      200,
    );
    await Promise.all([early, late]);
    expect((await runIn(second.url, runId, 'published', 'failed')).state.status).toBe('published');
    expect((await ask(second.url, 'GET', '/v1/tasks/mnist/models/latest')).json.runId).toBe(runId);
  }, 300_000);

  it('has a successor with every measurement, version, alias and part, up to the last that was acknowledged', async () => {
    const first = await startManager();
    await prepareTask(first.url, { rounds: 1, clientsPerRound: { kind: 'count', count: 1 } });
    await ask(first.url, 'PATCH', '/v1/tasks/mnist', {
      body: { bestBy: { metric: 'accuracy', direction: 'maximize' } },
    });
    const { json: device } = await ask(first.url, 'POST', '/v1/tasks/mnist/devices', {
      body: { protocolVersion: 1, deviceId: 'd1', key: 'a key of the device d1' },
    });
    const report = async (runId: string, body: object) => {
      const path = `/v1/tasks/mnist/devices/d1/runs/${runId}`;
      const { status, json } = await ask(first.url, 'PUT', path, { token: device.token, body });
      expect(status).toBe(200);
      return json;
    };
    for (const runId of ['r1', 'r2']) {
      expect(await startRun(first.url)).toBe(runId);
      const { state } = await runIn(first.url, runId, 'running');
      await takePart(state.url, 'mnist', 'd1');
      expect((await runIn(first.url, runId, 'published', 'failed')).state.status).toBe('published');
    }
    const reason = { code: 'storage', message: 'no room on this device' };
    await report('r1', { state: 'train-failed', reason });
    const before = await keptOf(first.url);
    const added = await ask(first.url, 'POST', '/v1/tasks/mnist/metrics', {
      body: { rows: [{ kind: 'custom', values: { last: 1 } }] },
    });
    const lastPart = await report('r2', { state: 'train-finished' });
    await killed(first.child);

    const { rows, ...after } = await keptOf((await startManager()).url);
    expect(after).toMatchObject({
      models: [
        { version: 2, aliases: ['latest'] },
        { version: 1, aliases: ['best'] },
      ],
      w: [1, 1, 1, 1],
      parts: [[{ runId: 'r1', state: 'train-failed', reason }], [{ runId: 'r2', state: 'train-finished' }]],
    });
    const { rows: rowsBefore, parts, ...others } = before;
    expect(after).toEqual({ ...others, parts: [parts[0], [lastPart]] });
    expect(rowsBefore).toContainEqual(expect.objectContaining({ kind: 'model', runId: 'r2', round: 1 }));
    // The FL server of a run that is over may still have had a word to say.
    expect(rows).toEqual(expect.arrayContaining([...rowsBefore, ...added.json]));
  }, 300_000);

  it('has a successor that finds out how a run ended that nobody watched', async () => {
    const first = await startManager();
    await prepareTask(first.url, { rounds: 1, clientsPerRound: { kind: 'count', count: 1 } });
    const runId = await startRun(first.url);
    const { state } = await runIn(first.url, runId, 'running');
    await killed(first.child);
    await takePart(state.url, 'mnist', 'c1');
    const second = await startManager();
    expect((await runIn(second.url, runId, 'published', 'failed')).state.status).toBe('published');
  }, 300_000);

  it('leaves FL servers that end with their run, and do not wait long to report to nobody', async () => {
    const { url, child } = await startManager();
    await prepareTask(url, { rounds: 2, clientsPerRound: { kind: 'count', count: 1 } });
    const { state } = await runIn(url, await startRun(url), 'running');
    await killed(child);
    await takePart(state.url, 'mnist', 'c1');
    await endOf(state.pid, 60_000);
  }, 300_000);

  it('has a successor that goes on with a run whose FL server was being started', async () => {
    const first = await startManager();
    await prepareTask(first.url, { rounds: 1, clientsPerRound: { kind: 'count', count: 1 } });
    const runId = await startRun(first.url);
    await killed(first.child);
    const second = await startManager();
    const { state } = await runIn(second.url, runId, 'running', 'failed');
    expect(state.status).toBe('running');
    await takePart(state.url, 'mnist', 'c1');
    expect((await runIn(second.url, runId, 'published', 'failed')).state.status).toBe('published');
  }, 300_000);

  it('has a successor that ends the run which it was told to end', async () => {
    const first = await startManager();
    await prepareTask(first.url, { rounds: 1 });
    const runId = await startRun(first.url);
    await runIn(first.url, runId, 'running');
    await ask(first.url, 'POST', `/v1/runs/${runId}/stop`, { body: { message: 'enough' } });
    await killed(first.child);
    const second = await startManager();
    expect((await runIn(second.url, runId, 'failed')).state).toMatchObject({ reason: 'stopped' });
  }, 300_000);

  it('has a successor that takes a run as failed whose FL server was killed as well', async () => {
    const first = await startManager();
    await prepareTask(first.url, { rounds: 1 });
    const runId = await startRun(first.url);
    const { state } = await runIn(first.url, runId, 'running');
    await killed(first.child);
    process.kill(state.pid, 'SIGKILL');
    const second = await startManager();
    expect((await runIn(second.url, runId, 'failed')).state.reason).toBe('server-crashed');
  }, 300_000);

  it('cannot be doubled: a second manager of the data directory is refused', async () => {
    await startManager();
    const module = fileURLToPath(new URL('./manager-process.mjs', import.meta.url));
    const child = spawn(process.execPath, [module, dataDir], { stdio: ['pipe', 'pipe', 'pipe'] });
    processes.add(child);
    const [code] = await once(child, 'exit');
    expect(code).toBe(9);
  }, 300_000);
});
