import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clientClock } from '@fedops/client-api';
import { type ClientManagerHandle, createClientManager } from '@fedops/client-manager';
import { silentLogger } from '@fedops/http-service';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { systemClock as serverClock } from '@fedops/server';
import { createServerManager } from '@fedops/server-manager';
import { afterEach } from '@jest/globals';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Is done after the test, the last first. */
export function atEnd(close: () => Promise<unknown>): void {
  closing.push(close);
}

/** A directory that is gone after the test. */
export async function aDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fedops-life-'));
  atEnd(() => rm(path, { recursive: true, force: true }));
  return path;
}

export interface Server {
  readonly url: string;
  /** Asks for JSON; fails for a status that is an error. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is for the test to say
  ask(method: string, path: string, body?: object | Uint8Array<ArrayBuffer>): Promise<any>;
}

export interface ServerOptions {
  /** How far its clock is off. */
  readonly offMs?: number;
  /** Module that brings further parts to FL servers. */
  readonly composition?: string;
}

/** Our server manager with FL servers in processes of their own. */
export async function aServerManager({ offMs = 0, composition }: ServerOptions = {}): Promise<Server> {
  const now = () => serverClock.now() + offMs;
  const clock = { ...serverClock, now, elapsed: () => performance.now() };
  const servers = { ports: 'any', ...(composition !== undefined && { composition }) } as const;
  const manager = await createServerManager(
    { dataDir: await aDirectory(), listen: { port: 0 }, servers },
    { logger: silentLogger, clock },
  );
  atEnd(() => manager.close({ servers: 'stop' }));
  return serverAt(manager.url);
}

/** The server manager there. */
export function serverAt(url: string): Server {
  return {
    url,
    async ask(method, path, body) {
      // Bytes, so that no Content-Type stands in the way.
      const sent =
        body instanceof Uint8Array || body === undefined
          ? body
          : new TextEncoder().encode(JSON.stringify(body));
      const answer = await fetch(url + path, { method, ...(sent !== undefined && { body: sent }) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
  };
}

/** A task with a model of four zeros. */
export async function prepareTask(server: Server, run: object): Promise<void> {
  await server.ask('POST', '/v1/tasks', { taskId: 'mnist', run });
  const model = createParameters([{ name: 'w', shape: [4], dtype: 'float32' }], [new Float32Array(4)]);
  const bytes = encodeParameters(model) as Uint8Array<ArrayBuffer>;
  await server.ask('PUT', '/v1/tasks/mnist/initial-parameters', bytes);
}

export interface DeviceOptions {
  readonly id: string;
  readonly clientUrl: string;
  readonly serverManagerUrl: string;
  readonly offMs?: number;
  readonly clientLeaseMs?: number;
}

/** Our client manager, in this process. */
export async function aClientManager(options: DeviceOptions): Promise<ClientManagerHandle> {
  const { id, clientUrl, serverManagerUrl, offMs = 0, clientLeaseMs } = options;
  const manager = await createClientManager(
    {
      dataDir: await aDirectory(),
      deviceId: id,
      clientUrl,
      serverManager: { url: serverManagerUrl },
      port: 0,
      ...(clientLeaseMs !== undefined && { limits: { clientLeaseMs } }),
    },
    { logger: silentLogger, env: {}, clock: { ...clientClock, now: () => clientClock.now() + offMs } },
  );
  atEnd(() => manager.close());
  return manager;
}

/** Asks every 50 ms until it is so; the test's own time limit ends it. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
