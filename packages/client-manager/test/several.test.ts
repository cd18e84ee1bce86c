import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fakeClientApp } from './fake-client-app.js';
import { fakePythonServerManager } from './fake-python-server-manager.js';
import { fakeServerManager } from './fake-server-manager.js';
import { aWorld } from './managers.js';

const IDENTITY = 'device-identity.json';

describe('two managers for one client app', () => {
  it('start it once, both follow it, and both tell the same', async () => {
    const world = aWorld();
    const client = await fakeClientApp();
    const server = await fakeServerManager();
    const options = { clientUrl: client.url, serverManagerUrl: server.url };
    const managers = [await world.manager(options), await world.manager(options)];
    await world.until(() => managers.every((manager) => manager.state().phase === 'waiting'));
    server.offer('run-1', 1);
    await world.until(() => managers.every((manager) => manager.state().phase === 'training'));
    expect(client.starts()).toBe(1);
    client.finish();
    await world.until(() => server.parts.length === 2);
    await world.until(() => managers.every((manager) => manager.state().phase === 'waiting'));
    expect([...server.parts].sort()).toEqual(
      managers.map(({ deviceId }) => `run-1 ${deviceId} train-finished`).sort(),
    );
    expect(client.starts()).toBe(1);
  });

  it('find out by its version where the second comes late', async () => {
    const world = aWorld();
    const client = await fakeClientApp();
    const server = await fakeServerManager();
    client.startElsewhere(1);
    const manager = await world.manager({ clientUrl: client.url, serverManagerUrl: server.url });
    await world.until(() => manager.state().reason === 'client-busy');
    server.offer('run-1', 1);
    await world.until(() => manager.state().phase === 'training');
    expect(client.http.count('POST /start')).toBe(0);
  });
});

describe('two managers of one device, by a copied data directory', () => {
  it('take turns at the server manager, no faster than signs of life go, and start the client once', async () => {
    const world = aWorld();
    const client = await fakeClientApp();
    const server = await fakeServerManager();
    const options = { clientUrl: client.url, serverManagerUrl: server.url };
    const [dataDir, copy] = [await world.directory(), await world.directory()];
    const first = await world.manager({ ...options, dataDir });
    await copyFile(join(dataDir, IDENTITY), join(copy, IDENTITY));
    const second = await world.manager({ ...options, dataDir: copy });
    expect(second.deviceId).toBe(first.deviceId);
    await world.pass(120_000);
    expect(server.devices()).toEqual([first.deviceId]);
    expect(server.http.count('POST /v1/tasks/mnist/devices')).toBeLessThan(60);
    server.offer('run-1', 1);
    await world.until(() => client.starts() > 0);
    await world.pass(60_000);
    client.finish();
    await world.until(() => server.parts.length > 0);
    await world.pass(60_000);
    expect(client.starts()).toBe(1);
    expect(new Set(server.parts)).toEqual(new Set([`run-1 ${first.deviceId} train-finished`]));
  });
});

describe('two devices with one MAC', () => {
  it('are two devices, each with its own part', async () => {
    const world = aWorld();
    const clients = [await fakeClientApp(), await fakeClientApp()];
    const server = await fakeServerManager();
    const managers = await Promise.all(
      clients.map(({ url }) => world.manager({ clientUrl: url, serverManagerUrl: server.url })),
    );
    await world.until(() => managers.every((manager) => manager.state().phase === 'waiting'));
    server.offer('run-1');
    await world.until(() => managers.every((manager) => manager.state().phase === 'training'));
    clients[0]?.fail('no memory');
    clients[1]?.finish();
    await world.until(() => server.parts.length === 2);
    expect(new Set(server.parts)).toEqual(
      new Set([
        `run-1 ${managers[0]?.deviceId} train-failed`,
        `run-1 ${managers[1]?.deviceId} train-finished`,
      ]),
    );
  });

  it('each take part under a server manager that knows nothing but the MAC', async () => {
    const world = aWorld();
    const clients = [await fakeClientApp(), await fakeClientApp()];
    const server = await fakePythonServerManager();
    const managers = await Promise.all(
      clients.map(({ url }) => world.manager({ clientUrl: url, serverManagerUrl: server.url })),
    );
    server.serverReady(1);
    await world.until(() => managers.every((manager) => manager.state().phase === 'training'));
    clients[0]?.finish();
    await world.until(() => managers[0]?.state().phase === 'waiting');
    expect(managers[1]?.state().phase).toBe('training');
    expect(clients.map((client) => client.starts())).toEqual([1, 1]);
  });
});
