import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type FileSystem, nodeFileSystem } from '../src/index.js';
import { freshDirectory } from './directories.js';
import { type Answer, ask, type DoorClient, type UploadOptions } from './door-client.js';
import { rejectionOf } from './error-code.js';
import { type Fault, failingDisk } from './failing-disk.js';
import { closeNow, encodedModel, registered, type StartedServer, startServer } from './federation.js';

const CLIENTS = ['a', 'b'];
const ROUNDS = 2;

/**
 * So many fewer times a run may write its journal than the one before: results of both clients, in each round those
 * of fit and those of evaluation, are written and flushed together where they come together.
 */
const GROUPED = 2 * ROUNDS;

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
    {
      dataDir,
      runId: 'run',
      rounds: ROUNDS,
      selection: { minConnected: CLIENTS.length },
      limits: { updates: 'keep' },
    },
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
  expect(await standstillOf(server, counted)).toContain('the disk is full');
}

/** Has everybody take part until the run stands still; returns what it says of itself then. */
async function standstillOf(server: StartedServer, counted: SentUpdate[]): Promise<string> {
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
  return json.state.explanation;
}

/** Goes on with a sound disk; what was counted still is, and nobody makes it again. */
async function goOn(dataDir: string, counted: SentUpdate[]): Promise<string> {
  const server = await start(dataDir, nodeFileSystem);
  const clients = await registered(server, ...CLIENTS);
  for (const { client: name, bytes, round } of counted) {
    const sender = clients.find(({ clientId }) => clientId === name)!;
    expect((await sender.upload(bytes, { round })).json).toMatchObject({ state: 'repeated' });
  }
  const made: SentUpdate[] = [];
  await Promise.all(clients.map((client) => takePart(client, made)));
  const keyOf = ({ client, round }: SentUpdate) => `${client}/${round}`;
  const keys = [...counted, ...made].map(keyOf);
  expect(keys).toHaveLength(new Set(keys).size);
  const digest = await digestOf(server);
  await closeNow(server);
  return digest;
}

/** How many operations a fault could meet in a run. */
async function operationsOf(fault: Omit<Fault, 'after'>): Promise<number> {
  const disk = failingDisk({ ...fault, after: Number.POSITIVE_INFINITY });
  const server = await start(await freshDirectory(), disk);
  disk.arm();
  const clients = await registered(server, ...CLIENTS);
  await Promise.all(clients.map((client) => takePart(client, [])));
  await digestOf(server);
  const operations = disk.operations();
  await closeNow(server);
  return operations;
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
    for (let writes = 2; writes < undisturbed.journalWrites - GROUPED; writes++) {
      const dataDir = await freshDirectory();
      const counted: SentUpdate[] = [];
      await runUntilFull(dataDir, writes, counted);
      expect(await goOn(dataDir, counted)).toBe(undisturbed.digest);
      suspensions += 1;
    }
    expect(suspensions).toBeGreaterThan(5);
  }, 300_000);
});

it('a disk that has lost an update for good costs the round another attempt, and does not stop the run for ever', async () => {
  const disk = { loses: 1 };
  const files: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      const read = async (into: Uint8Array, position: number) =>
        SPOOL.test(path) && disk.loses-- > 0 ? 0 : file.read(into, position);
      return { ...file, read };
    },
  };
  const server = await start(await freshDirectory(), files);
  const clients = await registered(server, ...CLIENTS);
  await Promise.all(clients.map((client) => takePart(client, [])));
  expect(await digestOf(server)).toBe((await undisturbedRun()).digest);
  expect(server.view().history.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'closed', 'closed']);
});

it('a disk that cannot be read ends a run that no restart goes on with, and the code says why', async () => {
  const disk = failingDisk({ of: /spool/, operation: 'read', code: 'EIO', after: 0 });
  const server = await startServer({ policy: { retries: 0 } }, { files: disk });
  disk.arm();
  const [client] = (await registered(server, 'a')) as [DoorClient];
  expect((await takePart(client, [])).json).toMatchObject({ kind: 'fail' });
  expect(await server.finished).toMatchObject({
    status: 'failed',
    reason: 'aggregation-error',
    error: { code: 'storage' },
  });
});

it('a record of the model that somebody has damaged ends the run, which no restart could publish, and is named', async () => {
  const dataDir = await freshDirectory();
  const rounds = join(dataDir, 'models', 'rounds');
  const record = join(rounds, 'id-run', '1.json');
  const server = await startServer(
    { dataDir, runId: 'run' },
    {
      evaluate: async () => {
        await writeFile(record, '{}');
        return { loss: 0.5, numExamples: 1, metrics: {} };
      },
    },
  );
  const [client] = (await registered(server, 'a')) as [DoorClient];
  expect((await takePart(client, [])).json).toMatchObject({ kind: 'fail' });
  const outcome = await server.finished;
  expect(outcome).toMatchObject({ status: 'failed', reason: 'publish-error', error: { code: 'storage' } });
  expect(outcome).toMatchObject({ error: { message: expect.stringContaining(record) } });
});

const JOURNAL = /[/\\]journal$/;
const SPOOL = /[/\\]spool[/\\]/;
const KEPT_UPDATES = /[/\\]updates([/\\]|$)/;
const MODELS = /[/\\]models[/\\](parameters|rounds)/;
const VERSIONS = /[/\\]models[/\\]versions/;

describe('a disk that fails while a run goes on', () => {
  it.each<[string, RegExp, Fault['operation'], number]>([
    ['sync of the journal', JOURNAL, 'sync', 5],
    ['write of an update', SPOOL, 'write', 4],
    ['sync of an update', SPOOL, 'sync', 4],
    ['read of an update', SPOOL, 'read', 8],
    ['write of a kept update', KEPT_UPDATES, 'write', 4],
    ['sync of a kept update', KEPT_UPDATES, 'sync', 8],
    ['move of a kept update', KEPT_UPDATES, 'move', 4],
    ['write of a round\u2019s model', MODELS, 'write', 4],
    ['sync of a round\u2019s model', MODELS, 'sync', 8],
    ['move of a round\u2019s model', MODELS, 'move', 4],
    ['read of a round\u2019s model', MODELS, 'read', 1],
    ['write of a version', VERSIONS, 'write', 1],
    ['sync of a version', VERSIONS, 'sync', 2],
    ['move of a version', VERSIONS, 'move', 1],
  ])(
    'at any %s stands still, and goes on from what it had',
    async (_what, of, operation, atLeast) => {
      const undisturbed = await undisturbedRun();
      const codes: readonly Fault['code'][] = operation === 'read' ? ['EIO'] : ['ENOSPC', 'EIO'];
      for (const code of codes) {
        const operations = await operationsOf({ of, operation, code });
        expect(operations).toBeGreaterThanOrEqual(atLeast);
        const certain = of === JOURNAL ? operations - GROUPED : operations;
        for (let after = 0; after < certain; after++) {
          const dataDir = await freshDirectory();
          const disk = failingDisk({ of, operation, code, after });
          const server = await start(dataDir, disk);
          disk.arm();
          const counted: SentUpdate[] = [];
          const problem = code === 'ENOSPC' ? 'the disk is full' : `EIO at ${operation}`;
          expect(await standstillOf(server, counted)).toContain(problem);
          expect(await goOn(dataDir, counted)).toBe(undisturbed.digest);
        }
      }
    },
    120_000,
  );
});
