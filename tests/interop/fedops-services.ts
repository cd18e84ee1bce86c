import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, ServerAPI, systemClock } from '@fedops/client-api';
import { type ClientAppHandle, FLClientTask, type FLClientTaskParts } from '@fedops/client-app';
import { type ClientManagerHandle, createClientManager } from '@fedops/client-manager';
import type { Trainer } from '@fedops/client-session';
import { flowerDoor } from '@fedops/flower-door';
import { createFlowerTransport } from '@fedops/flower-transport';
import { silentLogger } from '@fedops/http-service';
import { createParameters } from '@fedops/parameters';
import {
  createManagerReporter,
  FLServer,
  type RunningServer,
  systemClock as serverClock,
} from '@fedops/server';
import { createServerManager } from '@fedops/server-manager';
import type { Device, MetricRow, ServerStatus, Signature } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import { afterEach } from '@jest/globals';
import { exampleFolder } from './example-process.js';
import { freePort } from './free-port.js';
import { pythonIn } from './python-environment.mjs';
import { type PythonProcess, startPythonWith } from './python-process.js';
import { FEDOPS_VERSION } from './versions.mjs';

/** The model of `python/fedops_client.py` and `python/fedops_server.py`. */
export const MEAN: Signature = [{ name: 'mean', shape: [2], dtype: 'float32' }];

/** The interpreter that has the release. */
export const FEDOPS_PYTHON = pythonIn(`fedops-${FEDOPS_VERSION}`);
const STUBS = fileURLToPath(new URL('python/fedops_stubs', import.meta.url));

/** The machine's time, with the waits of our client manager cut to a tenth. */
const hasty: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Variables with which the release of FedOps runs with what stands in for its heavy imports. */
export function fedopsEnvironment(further: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PYTHONPATH: STUBS, PYTHONDONTWRITEBYTECODE: '1', ...further };
}

/** Starts a script with the real FedOps. */
export function startFedops(
  cwd: string,
  env: Readonly<Record<string, string>>,
  script: string,
  ...args: readonly string[]
): PythonProcess {
  return startPythonWith({ python: FEDOPS_PYTHON, cwd, env: fedopsEnvironment(env) }, script, ...args);
}

export interface Manager {
  readonly url: string;
  status(): Promise<ServerStatus>;
  devices(): Promise<readonly Device[]>;
  metrics(kind: MetricRow['kind']): Promise<readonly MetricRow[]>;
}

/** Our server manager with the task `mean`, whose FL server somebody else starts, at a port. */
export async function startServerManager(flPort: number): Promise<Manager> {
  const manager = await createServerManager(
    { dataDir: await exampleFolder(), listen: { port: 0 } },
    { logger: silentLogger },
  );
  closing.push(() => manager.close());
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(manager.url + path, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return JSON.parse(await answer.text());
  };
  const server = { kind: 'external', url: `http://127.0.0.1:${flPort}` };
  await ask('/v1/tasks', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ taskId: 'mean', server }),
  });
  return {
    url: manager.url,
    status: async () => (await ask('/FLSe/info/mean/nobody')).Server_Status,
    devices: () => ask('/v1/tasks/mean/devices'),
    metrics: (kind) => ask(`/v1/tasks/mean/metrics?kind=${kind}`),
  };
}

export interface RunOptions {
  readonly manager: Pick<Manager, 'url'>;
  /** Any free one by default. */
  readonly port?: number;
  /** Of a door for Flower's clients; any free one by default. */
  readonly doorPort?: number;
  readonly dataDir: string;
  readonly minConnected?: number;
}

/** An FL server of ours for one run of two rounds, with a door for Flower's clients, that reports to the manager. */
export async function startRun({
  manager,
  port = 0,
  doorPort = 0,
  dataDir,
  minConnected = 1,
}: RunOptions): Promise<RunningServer> {
  const api = new ServerAPI('mean', { baseUrl: manager.url, performanceUrl: manager.url }, { env: {} });
  const server = await new FLServer(
    {
      taskId: 'mean',
      rounds: 2,
      dataDir,
      listen: { port },
      selection: { minConnected },
      policy: { quorum: minConnected, retries: 0 },
    },
    {
      strategy: fedAvg({ fitConfig: { local_epochs: 1, batch_size: 8 } }),
      initialParameters: createParameters(MEAN, [new Float32Array(2)]),
      evaluate: async ({ tensors }) => ({ loss: Number(tensors[0]![0]), numExamples: 1, metrics: {} }),
      reporter: createManagerReporter({ api, clock: serverClock, logger: silentLogger }),
      doors: [flowerDoor({ port: doorPort })],
      logger: silentLogger,
    },
  ).start();
  closing.push(() => server.close());
  return server;
}

export interface FedopsDevice {
  readonly url: string;
  readonly client: PythonProcess;
  /** Its runtime events so far, in order. */
  events(): Promise<readonly RuntimeLine[]>;
  stages(): Promise<readonly string[]>;
}

/** A line of the file that `FEDOPS_EVENT_FILE` names. */
export interface RuntimeLine {
  readonly stage: string;
  readonly [field: string]: unknown;
}

/** The lines of an event file so far. */
export async function eventsIn(path: string): Promise<readonly RuntimeLine[]> {
  const lines = (await readFile(path, 'utf8').catch(() => '')).trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** A client app of the real FedOps, at a free port, told of its managers by the variables that it reads. */
export async function startFedopsDevice(
  manager: Manager,
  managerUrl: string,
  ...args: readonly string[]
): Promise<FedopsDevice> {
  const folder = await exampleFolder();
  const port = String(await freePort());
  const events = join(folder, 'events.jsonl');
  const client = startFedops(
    folder,
    {
      FEDOPS_CLIENT_PORT: port,
      FEDOPS_CLIENT_MANAGER_URL: managerUrl,
      FEDOPS_SERVER_MANAGER_URL: manager.url,
      FEDOPS_CLIENT_PERFORMANCE_URL: manager.url,
      FEDOPS_AGGREGATION_HOST: '127.0.0.1',
      FEDOPS_EVENT_FILE: events,
    },
    'fedops_client.py',
    ...args,
  );
  return {
    url: `http://127.0.0.1:${port}`,
    client,
    events: () => eventsIn(events),
    stages: async () => (await eventsIn(events)).map(({ stage }) => stage),
  };
}

/** Scripts in the words of FedOps, written anew. */
const RECREATIONS = fileURLToPath(new URL('../../packages/client-manager/test/python', import.meta.url));

/** A client app of 2023, written anew, with the real Flower; it pulls half way to a value in each fit. */
export async function startDeviceOf2023(managerUrl: string, value: number): Promise<FedopsDevice['url']> {
  const setting = { python: FEDOPS_PYTHON, env: { FEDOPS_RECREATIONS: RECREATIONS } };
  const client = startPythonWith(setting, 'fedops_2023_client.py', managerUrl, String(value));
  return String((await client.told('listening')).url);
}

/** Our client manager beside a client app; by the routes of Python's server managers, where nothing else is said. */
export async function startClientManager(
  manager: Pick<Manager, 'url'>,
  clientUrl: string,
  port: number,
  api: 'auto' | 'legacy' = 'legacy',
): Promise<ClientManagerHandle> {
  const handle = await createClientManager(
    {
      dataDir: await exampleFolder(),
      clientUrl,
      serverManager: { url: manager.url, api },
      port,
    },
    { logger: silentLogger, clock: hasty, env: {} },
  );
  closing.push(() => handle.close());
  return handle;
}

/** Pulls every element half way to a value in each fit. */
export function pulling(to: number): Trainer {
  return {
    async fit({ parameters }) {
      const tensors = parameters.tensors.map((tensor) =>
        (tensor as Float32Array).map((value) => value + 0.5 * (to - value)),
      );
      const metrics = { loss: 0.5, accuracy: 0.75 };
      return { parameters: createParameters(parameters.signature, tensors), numExamples: 1, metrics };
    },
    evaluate: async ({ parameters }) => ({
      loss: Math.abs(Number(parameters.tensors[0]![0]) - to),
      numExamples: 1,
      metrics: { accuracy: 0.75 },
    }),
  };
}

/** For a client app whose FL server speaks Flower's legacy stream. */
export const inFlower: Pick<FLClientTaskParts, 'createTransport'> = {
  createTransport: ({ baseUrl, nextVersion }) =>
    createFlowerTransport({ address: baseUrl, signature: MEAN, nextVersion }),
};

/** A client app of ours that pulls to 6. */
export async function startOurClientApp(
  manager: Pick<Manager, 'url'>,
  managerPort: number,
  parts: Partial<FLClientTaskParts> = {},
): Promise<ClientAppHandle> {
  const task = new FLClientTask(
    {
      taskId: 'mean',
      trainer: pulling(6),
      clientId: 'ours',
      key: 'a key of this device',
      port: 0,
      manager: { baseUrl: `http://127.0.0.1:${managerPort}` },
      serverManager: { baseUrl: manager.url, performanceUrl: manager.url },
    },
    { logger: silentLogger, env: {}, ...parts },
  );
  const app = await task.start();
  closing.push(() => app.close());
  return app;
}

export interface FedopsServers {
  /** Runs an FL server of the real FedOps to its end; resolves with its exit code. */
  run(...args: readonly string[]): Promise<number | null>;
  /** What is in its bucket. */
  keys(): Promise<readonly string[]>;
}

/** FL servers of the real FedOps, one after another with one bucket. */
export async function fedopsServers(manager: Manager, flPort: number): Promise<FedopsServers> {
  const buckets = await exampleFolder();
  const bucket = join(buckets, 'models');
  await mkdir(bucket);
  const env = {
    TASK_ID: 'mean',
    BUCKET_NAME: 'models',
    STUB_BUCKETS: buckets,
    STUB_FLOWER_PORT: String(flPort),
  };
  return {
    run: async (...args) =>
      startFedops(await exampleFolder(), env, 'fedops_server.py', new URL(manager.url).host, ...args).ended,
    async keys() {
      const entries = await readdir(bucket, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(bucket, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
        .sort();
    },
  };
}

/** Looks again and again until it is so, for at most two minutes. */
export async function untilSo(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not so within two minutes: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
