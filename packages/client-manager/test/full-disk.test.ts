import { describe, expect, it } from '@jest/globals';
import { fakeClientApp } from './fake-client-app.js';
import { fakeServerManager } from './fake-server-manager.js';
import { aWorld, call } from './managers.js';

async function aDevice() {
  const world = aWorld();
  const client = await fakeClientApp();
  const server = await fakeServerManager();
  const disk = { isFull: false };
  const manager = await world.manager({ clientUrl: client.url, serverManagerUrl: server.url, disk });
  await world.until(() => manager.state().phase === 'waiting');
  return { world, client, server, disk, manager };
}

describe('a manager whose disk is full', () => {
  it('starts no client in a run that it could forget, says why, and does so once there is room', async () => {
    const { world, client, server, disk, manager } = await aDevice();
    disk.isFull = true;
    server.offer('run-1');
    await world.until(() => manager.state().reason === 'start-failed');
    expect(manager.state().error?.code).toBe('storage');
    expect(client.http.count('POST /start')).toBe(0);
    disk.isFull = false;
    await world.until(() => manager.state().phase === 'training');
    expect(client.starts()).toBe(1);
  });

  it('does not acknowledge an end that it could forget, and tells of it none the less', async () => {
    const { world, client, server, disk, manager } = await aDevice();
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    disk.isFull = true;
    client.finish();
    const answer = await call(manager, 'GET /trainFin');
    expect([answer.status, answer.body.code]).toEqual([507, 'storage']);
    await world.until(() => server.parts.length > 0);
    disk.isFull = false;
    await world.until(() => manager.state().phase === 'waiting');
    expect((await call(manager, 'GET /trainFin')).status).toBe(200);
    expect(server.parts).toEqual([`run-1 ${manager.deviceId} train-finished`]);
  });
});
