import { expect, it } from '@jest/globals';
import { type FileSystem, nodeFileSystem } from '../src/index.js';
import { freshDirectory } from './directories.js';
import { ask, type DoorClient } from './door-client.js';
import { closeNow, encodedModel, registered, startServer, until } from './federation.js';

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
