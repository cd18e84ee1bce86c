import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fakeClientApp } from './fake-client-app.js';
import { fakeServerManager } from './fake-server-manager.js';
import { managerProcess } from './manager-process.js';

const directories: string[] = [];
afterEach(async () => {
  await Promise.all(directories.splice(0).map((path) => rm(path, { recursive: true, force: true })));
});

async function aDevice() {
  const client = await fakeClientApp();
  const server = await fakeServerManager();
  const dataDir = await mkdtemp(join(tmpdir(), 'fedops-manager-'));
  directories.push(dataDir);
  return { client, server, begin: () => managerProcess(dataDir, client.url, server.url) };
}

describe('a manager that is killed', () => {
  it('while the client trains, picks up where it was, as the same device', async () => {
    const { client, server, begin } = await aDevice();
    const first = await begin();
    await first.until(({ phase }) => phase === 'waiting');
    server.offer('run-1');
    await first.until(({ phase }) => phase === 'training');
    await first.end('SIGKILL');
    const second = await begin();
    // It may have died before the answer to its start was durable: then it looks at the client first.
    await second.until(({ phase }) => phase === 'training');
    client.finish();
    await second.until(({ last }) => last !== null);
    expect(server.devices()).toHaveLength(1);
    expect(server.parts).toEqual([`run-1 ${server.devices()[0]} train-finished`]);
    expect(client.starts()).toBe(1);
  });

  it('while it seeks its client or its server manager, seeks again', async () => {
    const { client, server, begin } = await aDevice();
    await client.http.goAway();
    const seeking = await begin();
    await seeking.until(({ reason }) => reason === 'client-unreachable');
    await seeking.end('SIGKILL');
    await client.http.comeBack();
    await server.http.goAway();
    const registering = await begin();
    await registering.until(({ phase }) => phase === 'registering');
    await registering.end('SIGKILL');
    await server.http.comeBack();
    const last = await begin();
    await last.until(({ phase }) => phase === 'waiting');
    expect(server.devices()).toHaveLength(1);
  });

  it('while it cannot start its client, starts it once', async () => {
    const { client, server, begin } = await aDevice();
    client.answerStart(503);
    const first = await begin();
    await first.until(({ phase }) => phase === 'waiting');
    server.offer('run-1');
    await first.until(({ reason }) => reason === 'start-failed');
    await first.end('SIGKILL');
    client.answerStart(undefined);
    const second = await begin();
    await second.until(({ phase }) => phase === 'training');
    expect(client.starts()).toBe(1);
  });

  it('before it could tell of an end, tells of it', async () => {
    const { client, server, begin } = await aDevice();
    const first = await begin();
    await first.until(({ phase }) => phase === 'waiting');
    server.offer('run-1');
    await first.until(({ phase }) => phase === 'training');
    await server.http.goAway();
    client.finish();
    await first.until(({ phase }) => phase === 'reporting');
    await first.end('SIGKILL');
    await server.http.comeBack();
    const second = await begin();
    await second.until(({ last }) => last !== null);
    expect(server.parts).toEqual([`run-1 ${server.devices()[0]} train-finished`]);
  });

  it('while it waits, waits again', async () => {
    const { client, server, begin } = await aDevice();
    const first = await begin();
    await first.until(({ phase }) => phase === 'waiting');
    await first.end('SIGKILL');
    const second = await begin();
    server.offer('run-1');
    await second.until(({ phase }) => phase === 'training');
    expect(client.starts()).toBe(1);
  });
});

describe('exitOnSignals', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends a manager that waits with code 0 on %s', async (signal) => {
    const { server, begin } = await aDevice();
    const manager = await begin();
    await manager.until(({ phase }) => phase === 'waiting');
    const { code, ms } = await manager.end(signal);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(30_000);
    expect(server.http.calls.at(-1)?.route).toMatch(/^DELETE .*\/lease$/);
  });

  it('lets the client train on, and says nothing of leaving', async () => {
    const { client, server, begin } = await aDevice();
    const manager = await begin();
    await manager.until(({ phase }) => phase === 'waiting');
    server.offer('run-1');
    await manager.until(({ phase }) => phase === 'training');
    expect((await manager.end('SIGTERM')).code).toBe(0);
    expect(client.isTraining()).toBe(true);
    expect(server.http.calls.filter(({ route }) => route.startsWith('DELETE'))).toEqual([]);
  });
});
