import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { silentLogger } from '@fedops/http-service';
import { createParameters, decodeParameters, encodeParameters } from '@fedops/parameters';
import { createServerManager } from '@fedops/server-manager';
import type { Device, ManagedRun, MetricRow, ServerStatus } from '@fedops/shared-types';
import { afterEach } from '@jest/globals';
import { exampleFolder } from './example-process.js';
import { type Manager, MEAN, untilSo } from './fedops-services.js';

const FLOWER_DOOR = pathToFileURL(createRequire(import.meta.url).resolve('@fedops/flower-door')).href;

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export interface StartedRun {
  readonly runId: string;
  readonly url: string;
  readonly flowerAddress: string;
}

export interface ManagingManager extends Manager {
  /** Asks for a run, and resolves with its id. */
  begin(): Promise<string>;
  /** Starts a run; resolves once its FL server takes clients of both kinds. */
  start(): Promise<StartedRun>;
  /** The run, once it is over. */
  ended(runId: string): Promise<ManagedRun>;
  /** The first element of a published version's parameters. */
  mean(version: number): Promise<number>;
  get(path: string): Promise<unknown>;
}

/**
 * Our server manager with the task `mean`, of which each run has two rounds and two clients, or as many as are said; it
 * starts the FL servers itself, each with a door for Flower's clients, unless told otherwise.
 */
export async function startManagingManager({
  clients = 2,
  hasDoor = true,
}: {
  readonly clients?: number;
  readonly hasDoor?: boolean;
} = {}): Promise<ManagingManager> {
  const manager = await createServerManager(
    {
      dataDir: await exampleFolder(),
      listen: { port: 0 },
      servers: { ports: 'any', ...(hasDoor && { flower: { module: FLOWER_DOOR, ports: 'any' } }) },
    },
    { logger: silentLogger },
  );
  closing.push(() => manager.close({ servers: 'stop' }));

  async function call(path: string, init: RequestInit = {}): Promise<Uint8Array> {
    const answer = await fetch(manager.url + path, init);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${new TextDecoder().decode(bytes)}`);
    return bytes;
  }
  const get = async (path: string, init?: RequestInit) =>
    JSON.parse(new TextDecoder().decode(await call(path, init)));

  const run = {
    rounds: 2,
    clientsPerRound: { kind: 'count', count: clients },
    fitConfig: { local_epochs: 1, batch_size: 8 },
  };
  await call('/v1/tasks', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ taskId: 'mean', run }),
  });
  await call('/v1/tasks/mean/initial-parameters', {
    method: 'PUT',
    body: encodeParameters(createParameters(MEAN, [new Float32Array(2)])) as Uint8Array<ArrayBuffer>,
  });

  async function begin(): Promise<string> {
    return (await get('/v1/tasks/mean/runs', { method: 'POST' })).runId;
  }

  async function untilRun(runId: string, statuses: readonly ManagedRun['state']['status'][]) {
    let found: ManagedRun | undefined;
    await untilSo(`run ${runId} is ${statuses.join(' or ')}`, async () => {
      found = (await get(`/v1/runs/${runId}`)) as ManagedRun;
      return statuses.includes(found.state.status);
    });
    return found!;
  }

  return {
    url: manager.url,
    get,
    status: async () =>
      ((await get('/FLSe/info/mean/nobody')) as { Server_Status: ServerStatus }).Server_Status,
    devices: async (): Promise<readonly Device[]> => get('/v1/tasks/mean/devices'),
    metrics: async (kind): Promise<readonly MetricRow[]> => get(`/v1/tasks/mean/metrics?kind=${kind}`),
    begin,
    async start() {
      const runId = await begin();
      const { state } = await untilRun(runId, ['running', 'published', 'failed']);
      if (state.status !== 'running' || state.flowerAddress === undefined) {
        throw new Error(`expected an FL server with a door for Flower, got ${JSON.stringify(state)}`);
      }
      return { runId, url: state.url, flowerAddress: state.flowerAddress };
    },
    ended: (runId) => untilRun(runId, ['published', 'failed']),
    async mean(version) {
      const { tensors } = decodeParameters(await call(`/v1/tasks/mean/models/${version}/parameters`));
      return Number(tensors[0]![0]);
    },
  };
}
