import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerManagerAPI } from '@fedops/client-api';
import type { ManagedRunState } from '@fedops/shared-types';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { DemoEvent } from '../src/federation/demo-state.js';
import { conductRun } from '../src/operator/conduct-run.js';
import { downloadModel } from '../src/operator/download-model.js';
import { endLeftRun } from '../src/operator/end-left-run.js';
import { A_DIGEST, aRecord, aRunState } from './samples.js';

const { signal } = new AbortController();
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a model that is downloaded', () => {
  const sha256 = createHash('sha256').update('a model').digest('hex');
  const directory = () => mkdtemp(join(tmpdir(), 'demo-models-'));

  test('is a file named for its version', async () => {
    const url = await serve((request, response) => {
      response.end(request.url === '/v1/tasks/mnist/models/2/parameters' ? 'a model' : 'another');
    });

    const path = await downloadModel(url, { version: 2, sha256 }, { directory: await directory(), signal });

    expect(path.endsWith('V2.params')).toBe(true);
    await expect(readFile(path, 'utf8')).resolves.toBe('a model');
  });

  test('is refused where it is not the one that was announced, and leaves no file', async () => {
    const url = await serve((_request, response) => void response.end('another'));
    const place = { directory: await directory(), signal };

    await expect(downloadModel(url, { version: 2, sha256 }, place)).rejects.toMatchObject({
      code: 'bad-response',
    });
    await expect(readdir(place.directory)).resolves.toEqual([]);
  });

  test('that is not there is the error that the manager answers', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(404).end(JSON.stringify({ code: 'not-found', message: 'no V2' }));
    });
    const place = { directory: await directory(), signal };

    await expect(downloadModel(url, { version: 2, sha256 }, place)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('is unavailable where nobody answers', async () => {
    const url = await serve((_request, response) => void response.destroy());
    const place = { directory: await directory(), signal };

    await expect(downloadModel(url, { version: 2, sha256 }, place)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('a run', () => {
  const since = '2026-01-01T00:00:00.000Z';
  const deadline = '2026-01-01T01:00:00.000Z';
  const starting: ManagedRunState = { status: 'starting', since, deadline };
  const published: ManagedRunState = { status: 'published', since, version: 1, digest: A_DIGEST };
  const failed: ManagedRunState = {
    status: 'failed',
    since,
    reason: 'too-few-clients',
    message: 'one of two',
  };
  const clock = { now: () => 0, sleep: async () => {} };

  /** A manager whose run goes through these states, one a look. */
  async function aManager(...states: ManagedRunState[]) {
    const requests: string[] = [];
    const run = (state: ManagedRunState | undefined) => ({
      runId: 'r1',
      taskId: 'mnist',
      settings: {},
      baseVersion: 0,
      startedBy: 'operator',
      createdAt: since,
      restarts: 0,
      state,
    });
    const view = {
      taskId: 'mnist',
      runId: 'r1',
      round: 1,
      rounds: 1,
      baseVersion: 0,
      nextVersion: 1,
      state: aRunState(),
      clients: [],
      history: [aRecord()],
      published: null,
    };
    const url = await serve((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      const path = request.url?.split('?', 1)[0];
      const next = () => (states.length > 1 ? states.shift() : states[0]);
      const body =
        path === '/v1/runs/r1/view' ? view : path === '/v1/runs' ? states.slice(0, 1).map(run) : run(next());
      response.setHeader('Content-Type', 'application/json');
      response.writeHead(request.url === '/v1/tasks/mnist/runs' ? 201 : 200).end(JSON.stringify(body));
    });
    return { api: new ServerManagerAPI({ baseUrl: url }, { env: {} }), requests };
  }

  test('is followed to its end, and told of with the rounds that nobody saw', async () => {
    const { api } = await aManager(starting, starting, published);
    const events: DemoEvent[] = [];

    const run = await conductRun({ api, dispatch: (event) => events.push(event), signal, clock });

    expect(run).toEqual({ runId: 'r1', version: 1, sha256: A_DIGEST });
    expect(events).toEqual([
      { kind: 'run-began', runId: 'r1', baseVersion: 0 },
      { kind: 'round-ended', runId: 'r1', record: aRecord() },
    ]);
  });

  test('goes on in the manager where the events of its FL server cannot be read', async () => {
    const url = await serve((_request, response) => void response.destroy());
    const running: ManagedRunState = { status: 'running', since, deadline, url, port: 1, pid: 1 };
    const { api } = await aManager(starting, running, running, published);

    await expect(conductRun({ api, dispatch: () => {}, signal, clock })).resolves.toMatchObject({
      version: 1,
    });
  });

  test('that fails is an error with its reason', async () => {
    const { api } = await aManager(starting, failed);

    await expect(conductRun({ api, dispatch: () => {}, signal, clock })).rejects.toMatchObject({
      code: 'unavailable',
      message: 'run r1 published no model\ntoo-few-clients: one of two',
    });
  });

  test('that an earlier demo left is ended, and waited for', async () => {
    const { api, requests } = await aManager(starting, starting, failed);

    await endLeftRun(api, signal, clock);

    expect(requests).toEqual([
      'GET /v1/runs?task=mnist&limit=1',
      'POST /v1/runs/r1/stop',
      'GET /v1/runs/r1',
      'POST /v1/runs/r1/stop',
      'GET /v1/runs/r1',
    ]);
  });

  test('that is over is left alone', async () => {
    const { api, requests } = await aManager(published);

    await endLeftRun(api, signal, clock);

    expect(requests).toHaveLength(1);
  });
});
