import { readdir } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { type FileSystem, nodeFileSystem } from '../src/index.js';
import { freshDirectory } from './directories.js';
import { ask, type DoorClient } from './door-client.js';
import { fakeClock } from './fake-clock.js';
import { closeNow, encodedModel, modelOf, registered, startServer, until } from './federation.js';

/** A disk on which the write with this number, of journals or what else is named, goes on only when the test says so. */
function stallingDisk(number: number, of = /journal$/) {
  let writes = 0;
  let goOn: (() => void) | undefined;
  const files: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      if (!of.test(path)) return file;
      return {
        ...file,
        async write(bytes) {
          writes += 1;
          if (writes === number) await new Promise<void>((resolve) => (goOn = resolve));
          await file.write(bytes);
        },
      };
    },
  };
  return { files, isStalled: () => goOn !== undefined, goOn: () => goOn?.() };
}

/** A disk that answers what it is first asked about such a path only when the test says so, and counts open files. */
function silentDisk(of: RegExp) {
  let openFiles = 0;
  let goOn: (() => void) | undefined;
  async function pass(path: string): Promise<void> {
    if (goOn === undefined && of.test(path)) await new Promise<void>((resolve) => (goOn = resolve));
  }
  const files: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      await pass(path);
      const file = await nodeFileSystem.open(path, mode);
      openFiles += 1;
      return {
        ...file,
        async close() {
          openFiles -= 1;
          await file.close();
        },
      };
    },
    async makeDirectory(path) {
      await pass(path);
      await nodeFileSystem.makeDirectory(path);
    },
    async rename(from, to) {
      await pass(to);
      await nodeFileSystem.rename(from, to);
    },
    async link(from, to) {
      await pass(to);
      await nodeFileSystem.link(from, to);
    },
  };
  return { files, isStalled: () => goOn !== undefined, goOn: () => goOn?.(), openFiles: () => openFiles };
}

/** Sends its update when it is asked to; returns the status of the first refusal. */
async function takePart(client: DoorClient): Promise<number> {
  for (;;) {
    const { status, json } = await client.instruction();
    if (status === 204) continue;
    if (status !== 200) return status;
    if (json.kind !== 'fit') throw new Error(`not expected here: ${json.kind}`);
    const answer = await client.upload(encodedModel(1));
    if (answer.status !== 200) return answer.status;
  }
}

// The first two writes are the journal's header and the run's beginning; the third has clients, or opens the round.
it.each([3, 4, 5])(
  'a disk that never answers write %i of the journal suspends the run after 30 s: all are told, and a restart goes on',
  async (number) => {
    const settings = {
      dataDir: await freshDirectory(),
      runId: 'run',
      selection: { minConnected: 2 },
      limits: { leaseMs: 600_000 },
    };
    const disk = stallingDisk(number);
    const server = await startServer(settings, { files: disk.files });
    const clients = await registered(server, 'a', 'b');
    const ends = Promise.all(clients.map(takePart));
    await until(disk.isStalled);
    expect(server.view().state.phase).not.toBe('suspended');
    await server.clock.advance(30_000);
    expect(await server.finished).toMatchObject({ status: 'suspended', error: { code: 'storage' } });
    const { json } = await ask(server.url, '/v1/run');
    expect(json.state).toMatchObject({ phase: 'suspended', reason: 'storage', deadline: null });
    expect(json.state.explanation).toContain('within 30 s');
    for (const status of await ends) expect([503, 507]).toContain(status);
    disk.goOn();
    await closeNow(server);
    const restarted = await startServer(settings);
    expect(restarted.view()).toMatchObject({
      runId: 'run',
      round: 1,
      state: { deadline: expect.any(String) },
    });
  },
);

it('a disk that never answers the write of an update suspends the run after five minutes, and its sender is told', async () => {
  const settings = {
    dataDir: await freshDirectory(),
    runId: 'run',
    limits: { leaseMs: 3_600_000, minUploadBytesPerSecond: 0 },
  };
  const disk = stallingDisk(1, /slot-/);
  const server = await startServer(settings, { files: disk.files });
  const [client] = (await registered(server, 'a')) as [DoorClient];
  const end = takePart(client);
  await until(disk.isStalled);
  await server.clock.advance(5 * 60_000);
  expect(await end).toBe(507);
  expect(await server.finished).toMatchObject({ status: 'suspended', error: { code: 'storage' } });
  disk.goOn();
  await closeNow(server);
  expect((await startServer(settings)).view()).toMatchObject({ runId: 'run', round: 1 });
});

it.each([
  ['data directory', /lock\.json$/],
  ['data directory', /runs$/],
  ['model store', /store\.json$/],
  ['model store', /\.params$/],
  ['journal', /journal$/],
  ['model store', /rounds[\\/]./],
  ['update spool', /spool$/],
  ['kept updates', /updates$/],
])(
  'a disk that never answers for the %s (%s) ends the start after five minutes; what comes later is given back',
  async (what, of) => {
    const dataDir = await freshDirectory();
    const settings = { dataDir, runId: 'run', limits: { updates: 'keep' } } as const;
    const [disk, clock] = [silentDisk(of), fakeClock()];
    const start = startServer(settings, { files: disk.files, clock }).catch((error: unknown) => error);
    await until(disk.isStalled);
    await clock.advance(5 * 60_000);
    const error = await start;
    expect(error).toMatchObject({ code: 'storage', message: expect.stringContaining('within 300 s') });
    expect(error).toMatchObject({ message: expect.stringContaining(what) });
    expect(clock.pending()).toBe(0);
    disk.goOn();
    await until(async () => disk.openFiles() === 0 && !(await readdir(dataDir)).includes('lock.json'));
    expect((await startServer(settings)).view()).toMatchObject({ runId: 'run', round: 1 });
  },
);

it('a data directory stays taken while something is late that can still change it', async () => {
  const settings = { dataDir: await freshDirectory(), runId: 'run' };
  const [disk, clock] = [silentDisk(/journal$/), fakeClock()];
  const start = startServer(settings, { files: disk.files, clock });
  const late = expect(start).rejects.toMatchObject({ code: 'storage' });
  await until(disk.isStalled);
  await clock.advance(5 * 60_000);
  await late;
  await expect(startServer(settings)).rejects.toMatchObject({ code: 'conflict' });
  disk.goOn();
  await until(() => startServer(settings).then(Boolean, () => false));
});

it('a start that the disk answers leaves no timer of its own, however long the initial parameters take', async () => {
  const [clock, settings] = [fakeClock(), { dataDir: await freshDirectory(), runId: 'run' }];
  let isAsked = false;
  let give = () => {};
  const start = startServer(settings, {
    clock,
    initialParameters: async () => {
      isAsked = true;
      await new Promise<void>((resolve) => (give = resolve));
      return modelOf(0);
    },
  });
  await until(() => isAsked);
  await clock.advance(60 * 60_000);
  expect(clock.pending()).toBe(0);
  give();
  const server = await start;
  expect(clock.pending(5 * 60_000)).toBe(clock.pending(5 * 60_000 - 1));
  await server.stop('the test is over');
});
