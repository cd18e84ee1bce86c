import { describe, expect, it } from '@jest/globals';
import { type FileSystem, nodeFileSystem } from '../src/index.js';
import { freshDirectory } from './directories.js';
import { type Answer, ask, type DoorClient, type UploadOptions } from './door-client.js';
import { rejectionOf } from './error-code.js';
import { closeNow, encodedModel, registered, type StartedServer, startServer } from './federation.js';

const CLIENTS = ['a', 'b'];
const ROUNDS = 2;

interface FillingDisk extends FileSystem {
  journalWrites(): number;
}

/** A disk that takes so many writes of journals, half of the next one, and no more. */
function fillingDisk(journalWrites: number): FillingDisk {
  let writes = 0;
  return {
    ...nodeFileSystem,
    journalWrites: () => writes,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      if (!path.endsWith('journal')) return file;
      return {
        ...file,
        async write(bytes) {
          writes += 1;
          if (writes <= journalWrites) return file.write(bytes);
          if (writes === journalWrites + 1) await file.write(bytes.subarray(0, bytes.length / 2));
          throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        },
      };
    },
  };
}

type SentUpdate = { readonly client: string; readonly bytes: Buffer } & Required<
  Pick<UploadOptions, 'round'>
>;

function start(dataDir: string, files: FileSystem): Promise<StartedServer> {
  return startServer(
    { dataDir, runId: 'run', rounds: ROUNDS, selection: { minConnected: CLIENTS.length } },
    { files },
  );
}

/** Takes part until the run is over or something is refused; returns the answer that ended it. */
async function takePart(client: DoorClient, counted: SentUpdate[]): Promise<Answer> {
  for (;;) {
    const answer = await client.instruction();
    if (answer.status === 204) continue;
    const { kind, round } = answer.json;
    if (answer.status !== 200 || kind === 'finish' || kind === 'fail') return answer;
    if (kind === 'fit') {
      const bytes = encodedModel(round + client.clientId.charCodeAt(0));
      const taken = await client.upload(bytes, { round });
      if (taken.status !== 200) return taken;
      counted.push({ client: client.clientId, bytes, round });
    } else {
      const taken = await client.evaluation({ loss: 0.5, numExamples: 1 }, round);
      if (taken.status !== 200) return taken;
    }
  }
}

async function digestOf(server: StartedServer): Promise<string> {
  const outcome = await server.finished;
  if (outcome.status !== 'published') throw outcome.error;
  return outcome.digest;
}

async function undisturbedRun(): Promise<{ readonly digest: string; readonly journalWrites: number }> {
  const disk = fillingDisk(Number.POSITIVE_INFINITY);
  const server = await start(await freshDirectory(), disk);
  const clients = await registered(server, ...CLIENTS);
  await Promise.all(clients.map((client) => takePart(client, [])));
  const digest = await digestOf(server);
  await closeNow(server);
  return { digest, journalWrites: disk.journalWrites() };
}

/** Fills the disk, and looks at what everybody is told. */
async function runUntilFull(dataDir: string, journalWrites: number, counted: SentUpdate[]): Promise<void> {
  const server = await start(dataDir, fillingDisk(journalWrites));
  const clients: DoorClient[] = [];
  const ends: Answer[] = [];
  for (const name of CLIENTS) {
    const client = server.client(name);
    const answer = await client.register();
    if (answer.status === 201) clients.push(client);
    else ends.push(answer);
  }
  ends.push(...(await Promise.all(clients.map((client) => takePart(client, counted)))));
  expect(await server.finished).toMatchObject({
    status: 'suspended',
    reason: 'storage',
    error: { code: 'storage' },
  });
  const { json } = await ask(server.url, '/v1/run');
  expect(json.state).toMatchObject({ phase: 'suspended', reason: 'storage', deadline: null });
  for (const { status } of ends) expect([503, 507]).toContain(status);
  for (const client of clients) {
    expect(await client.instruction()).toMatchObject({ status: 503, json: { code: 'unavailable' } });
  }
  expect((await server.client('c').register()).status).toBe(503);
  await closeNow(server);
}

/** Goes on with room; what was counted still is. */
async function goOn(dataDir: string, counted: SentUpdate[]): Promise<string> {
  const server = await start(dataDir, nodeFileSystem);
  const clients = await registered(server, ...CLIENTS);
  for (const { client: name, bytes, round } of counted) {
    const sender = clients.find(({ clientId }) => clientId === name)!;
    expect((await sender.upload(bytes, { round })).json).toMatchObject({ state: 'repeated' });
  }
  await Promise.all(clients.map((client) => takePart(client, [])));
  const digest = await digestOf(server);
  await closeNow(server);
  return digest;
}

describe('a disk that is full', () => {
  it('before the run begins is told to who starts it', async () => {
    const dataDir = await freshDirectory();
    for (const writes of [0, 1]) {
      const error = await rejectionOf(start(dataDir, fillingDisk(writes)));
      expect([error.code, error.details]).toEqual(['storage', { system: 'ENOSPC' }]);
    }
    expect(await goOn(dataDir, [])).toBe((await undisturbedRun()).digest);
  });

  it('at any write of the journal makes the run stand still, and go on as if nothing had been', async () => {
    const undisturbed = await undisturbedRun();
    let suspensions = 0;
    // The first two writes are the journal's header and the run's beginning.
    for (let writes = 2; writes < undisturbed.journalWrites - 2; writes++) {
      const dataDir = await freshDirectory();
      const counted: SentUpdate[] = [];
      await runUntilFull(dataDir, writes, counted);
      expect(await goOn(dataDir, counted)).toBe(undisturbed.digest);
      suspensions += 1;
    }
    expect(suspensions).toBeGreaterThan(8);
  }, 120_000);
});
