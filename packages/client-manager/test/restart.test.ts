import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fakeClientApp } from './fake-client-app.js';
import { fakeServerManager } from './fake-server-manager.js';
import { aWorld, call } from './managers.js';

const STATE_FILE = 'client-manager-state.json';

/** A device whose manager can end and come back in the same directory. */
async function aDevice() {
  const world = aWorld();
  const client = await fakeClientApp();
  const server = await fakeServerManager();
  const dataDir = await world.directory();
  const begin = () => world.manager({ clientUrl: client.url, serverManagerUrl: server.url, dataDir });
  return { world, client, server, dataDir, begin };
}

async function aDeviceThatTrains() {
  const device = await aDevice();
  const manager = await device.begin();
  await device.world.until(() => manager.state().phase === 'waiting');
  device.server.offer('run-1');
  await device.world.until(() => manager.state().phase === 'training');
  return { ...device, manager };
}

describe('a manager that comes back', () => {
  it('is the same device', async () => {
    const { world, server, begin } = await aDevice();
    const first = await begin();
    await world.until(() => first.state().phase === 'waiting');
    await first.close();
    const second = await begin();
    await world.until(() => second.state().phase === 'waiting');
    expect(second.deviceId).toBe(first.deviceId);
    expect(server.devices()).toEqual([first.deviceId]);
  });

  it('goes on following a client that trains, and does not start it again', async () => {
    const { world, client, server, begin, manager } = await aDeviceThatTrains();
    await manager.close();
    const next = await begin();
    expect(next.state()).toMatchObject({ phase: 'training', run: { runId: 'run-1' } });
    await world.pass(60_000);
    client.finish();
    await world.until(() => next.state().phase === 'waiting');
    expect(server.parts).toEqual([`run-1 ${next.deviceId} train-finished`]);
    expect(client.starts()).toBe(1);
  });

  it('finds out how a training ended that went on without it', async () => {
    const { world, client, server, begin, manager } = await aDeviceThatTrains();
    await manager.close();
    client.fail('out of memory');
    const next = await begin();
    await world.until(() => next.state().phase === 'waiting');
    expect(next.state().last?.end).toMatchObject({ reason: { message: 'out of memory' } });
    expect(server.parts).toEqual([`run-1 ${next.deviceId} train-failed`]);
  });

  it('still tells of an end that it could not tell before', async () => {
    const { world, client, server, begin, manager } = await aDeviceThatTrains();
    await server.http.goAway();
    client.finish();
    await world.until(() => manager.state().phase === 'reporting');
    await manager.close();
    await server.http.comeBack();
    const next = await begin();
    await world.until(() => server.parts.length > 0);
    expect(server.parts).toEqual([`run-1 ${next.deviceId} train-finished`]);
  });

  it('does not start a client again in a run that it is done with', async () => {
    const { world, client, begin, manager } = await aDeviceThatTrains();
    client.finish();
    await world.until(() => manager.state().phase === 'waiting');
    await manager.close();
    const next = await begin();
    await world.until(() => next.state().phase === 'waiting');
    await world.pass(120_000);
    expect(client.starts()).toBe(1);
  });

  it.each([
    ['is training by then', 'training', () => {}],
    ['has finished by then', 'waiting', (client: { finish(): void }) => client.finish()],
  ])(
    'looks before it asks again, where it ended amid a start and the client %s',
    async (_name, phase, then) => {
      const { world, client, begin, manager, dataDir } = await aDeviceThatTrains();
      await manager.close();
      await asIfAmidAStart(dataDir);
      then(client);
      const next = await begin();
      expect(next.state().phase).toBe('starting');
      await world.until(() => next.state().phase === phase);
      await world.pass(60_000);
      expect(client.starts()).toBe(1);
    },
  );

  it('asks where it ended amid a start that the client never heard', async () => {
    const { world, client, begin, manager, dataDir } = await aDeviceThatTrains();
    await manager.close();
    await asIfAmidAStart(dataDir);
    client.restart();
    const next = await begin();
    await world.until(() => next.state().phase === 'training');
    expect(client.starts()).toBe(2);
  });

  it('refuses a state that it cannot read, instead of beginning without one', async () => {
    const { begin, manager, dataDir } = await aDeviceThatTrains();
    await manager.close();
    await writeFile(join(dataDir, STATE_FILE), '{"magic":"fedops-client-man');
    await expect(begin()).rejects.toMatchObject({ code: 'storage' });
  });

  it('has made durable what it acknowledges', async () => {
    const { client, manager, dataDir } = await aDeviceThatTrains();
    client.finish();
    expect((await call(manager, 'GET /trainFin')).status).toBe(200);
    const kept = JSON.parse(await readFile(join(dataDir, STATE_FILE), 'utf8'));
    expect(kept.part ?? { ...kept.last, phase: 'done' }).toMatchObject({ end: { state: 'train-finished' } });
  });
});

/** Puts in the state file what a process leaves that dies between asking the client and hearing its answer. */
async function asIfAmidAStart(dataDir: string): Promise<void> {
  const path = join(dataDir, STATE_FILE);
  const kept = JSON.parse(await readFile(path, 'utf8'));
  const { run, baseline } = kept.part;
  kept.part = { phase: 'starting', run, baseline, isPerhapsHeard: true };
  await writeFile(path, JSON.stringify(kept));
}

describe('a data directory', () => {
  it('has one manager at a time', async () => {
    const { begin } = await aDevice();
    const first = await begin();
    await expect(begin()).rejects.toMatchObject({ code: 'conflict' });
    await first.close();
    await expect(begin()).resolves.toBeDefined();
  });

  it('is taken over from a manager that died', async () => {
    const { begin, dataDir } = await aDevice();
    const first = await begin();
    const lock = await readFile(join(dataDir, 'lock.json'), 'utf8');
    await first.close();
    await writeFile(join(dataDir, 'lock.json'), lock);
    await expect(begin()).resolves.toBeDefined();
  });
});
