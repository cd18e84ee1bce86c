import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createMemoryModelStore, type FileSystem, nodeFileSystem, readParameters } from '../src/index.js';
import { bytesBelow, freshDirectory } from './directories.js';
import { ask, type DoorClient } from './door-client.js';
import { rejectionOf } from './error-code.js';
import {
  closeNow,
  encodedModel,
  modelOf,
  registered,
  SIGNATURE,
  type StartedServer,
  startServer,
  takePart,
  until,
} from './federation.js';

/** A run that one client carries to its end; the server is closed then. */
async function wholeRun(...start: Parameters<typeof startServer>) {
  const server = await startServer(...start);
  const [client] = (await registered(server, 'client')) as [DoorClient];
  await takePart(server, client);
  const outcome = await server.finished;
  await closeNow(server);
  return outcome;
}

describe('a client that is lost while it trains', () => {
  it('is waited for until its lease ends; then the quorum closes the round, and the record says why', async () => {
    const server = await startServer({ selection: { minConnected: 2 }, limits: { leaseMs: 8_000 } });
    const [alive, lost] = (await registered(server, 'alive', 'lost')) as [DoorClient, DoorClient];
    await lost.next();
    await alive.next();
    await alive.upload(encodedModel(1));
    expect(server.view().state).toMatchObject({ phase: 'fitting', waitingFor: ['lost'] });
    const timers = server.clock.pending();
    const goingOn = takePart(server, alive);
    await until(() => server.clock.pending() > timers);
    await server.clock.advance(10_000);
    expect((await goingOn).kind).toBe('finish');
    expect(server.view().history).toMatchObject([
      {
        outcome: { kind: 'closed' },
        participants: [{ clientId: 'alive' }],
        failures: [{ clientId: 'lost', work: 'fit', code: 'unavailable' }],
      },
    ]);
    expect(server.view().clients).toContainEqual(
      expect.objectContaining({ clientId: 'lost', connection: 'lost' }),
    );
  });

  it('and comes back in time still counts', async () => {
    const server = await startServer({ selection: { minConnected: 3 }, limits: { leaseMs: 8_000 } });
    const [a, b, c] = (await registered(server, 'a', 'b', 'c')) as [DoorClient, DoorClient, DoorClient];
    await a.next();
    await a.leave();
    await until(() => server.view().state.waitingFor.length === 2);
    await a.register();
    expect((await a.next()).kind).toBe('fit');
    await a.upload(encodedModel(1));
    await Promise.all([takePart(server, b), takePart(server, c), takePart(server, a)]);
    expect(server.view().history[0]).toMatchObject({ participants: [{}, {}, {}], failures: [] });
  });
});

describe('a round without its quorum', () => {
  it('fails at its deadline, is tried again, and ends the run with the reason; clients are told', async () => {
    const server = await startServer({
      selection: { minConnected: 2 },
      policy: { quorum: 2, retries: 1, fitMs: 1_000 },
    });
    const [good, silent] = (await registered(server, 'good', 'silent')) as [DoorClient, DoorClient];
    for (const attempt of [1, 2]) {
      await good.next();
      await good.upload(encodedModel(attempt));
      await server.clock.advance(1_000);
      await until(() => server.view().history.length === attempt);
    }
    expect(await server.finished).toMatchObject({
      status: 'failed',
      reason: 'quorum-not-met',
      error: { code: 'unavailable' },
    });
    expect(await good.next()).toMatchObject({ kind: 'fail', code: 'unavailable' });
    expect(await silent.next()).toMatchObject({ kind: 'fail' });
    const { history, published, state } = server.view();
    expect(history).toMatchObject(
      [1, 1].map((round) => ({ round, outcome: { kind: 'failed', reason: 'quorum-not-met' } })),
    );
    expect({ published, phase: state.phase }).toEqual({ published: null, phase: 'failed' });
  });

  it('succeeds at the second attempt from the model of before', async () => {
    const server = await startServer({
      selection: { minConnected: 2 },
      policy: { quorum: 2, fitMs: 1_000 },
    });
    const [first, second] = (await registered(server, 'first', 'second')) as [DoorClient, DoorClient];
    await first.next();
    await first.upload(encodedModel(1));
    await server.clock.advance(1_000);
    await Promise.all([takePart(server, first), takePart(server, second)]);
    expect(server.view().history.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'closed']);
    const { bytes } = await ask(server.url, `/v1/parameters/${server.view().published!.digest}`);
    expect(bytes).toEqual(encodedModel(1));
  });

  it('fails where too few clients ever come', async () => {
    const server = await startServer({ policy: { waitForClientsMs: 1_000, retries: 0 } });
    await server.clock.advance(1_000);
    expect(await server.finished).toMatchObject({ status: 'failed', reason: 'too-few-clients' });
  });
});

const spoolOf = (dataDir: string) => join(dataDir, 'runs', 'id-v1', 'spool');

describe('the versions of a task', () => {
  it('follow one another over runs on the same data directory', async () => {
    const dataDir = await freshDirectory();
    const first = await wholeRun({ dataDir });
    const second = await wholeRun({ dataDir });
    expect([first, second]).toMatchObject([
      { status: 'published', version: 1, digest: createHash('sha256').update(encodedModel(1)).digest('hex') },
      { status: 'published', version: 2, digest: createHash('sha256').update(encodedModel(2)).digest('hex') },
    ]);
    if (second.status !== 'published') throw new Error('expected a version');
    expect(await readFile(second.path)).toEqual(encodedModel(2));
  });

  it.each([
    ['after an evaluation', {}],
    ['without one', { clientEvaluation: { fraction: 0 } }],
  ])('leave no update behind: %s', async (_when, settings) => {
    const dataDir = await freshDirectory();
    await wholeRun({ dataDir, ...settings });
    expect(await bytesBelow(spoolOf(dataDir))).toBe(0);
  });

  it('that come to nothing leave no update behind either', async () => {
    const dataDir = await freshDirectory();
    const server = await startServer({ dataDir, selection: { minConnected: 2 }, policy: { quorum: 2 } });
    const [good] = (await registered(server, 'good', 'silent')) as [DoorClient];
    await good.next();
    await good.upload(encodedModel(1));
    expect(await bytesBelow(spoolOf(dataDir))).toBeGreaterThan(0);
    await server.stop('enough');
    await until(async () => (await bytesBelow(spoolOf(dataDir))) === 0);
  });

  it('leave none that was on its way when the run ended, once the server is closed', async () => {
    const dataDir = await freshDirectory();
    let goOn = () => {};
    const latch = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let isUnderWay = false;
    const files: FileSystem = {
      ...nodeFileSystem,
      async open(path, mode) {
        const file = await nodeFileSystem.open(path, mode);
        if (!path.includes('slot-')) return file;
        const sync = () => {
          isUnderWay = true;
          return latch.then(() => file.sync());
        };
        return { ...file, sync };
      },
    };
    const server = await startServer({ dataDir }, { files });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    await client.next();
    const uploading = client.upload(encodedModel(1));
    await until(() => isUnderWay);
    await server.stop('enough');
    await until(async () => (await readdir(join(spoolOf(dataDir), '..'))).includes('ended.json'));
    goOn();
    expect((await uploading).status).toBe(409);
    await closeNow(server);
    expect(await bytesBelow(spoolOf(dataDir))).toBe(0);
  });

  it('leave none that could not be cut away, once the next server has started', async () => {
    const dataDir = await freshDirectory();
    const broken = () => Promise.reject(new Error('broken'));
    const files: FileSystem = {
      ...nodeFileSystem,
      removeTree: broken,
      async open(path, mode) {
        const file = await nodeFileSystem.open(path, mode);
        return path.includes('slot-') ? { ...file, truncate: broken } : file;
      },
    };
    expect(await wholeRun({ dataDir }, { files })).toMatchObject({ status: 'published' });
    expect(await bytesBelow(spoolOf(dataDir))).toBeGreaterThan(0);
    await startServer({ dataDir });
    expect(await bytesBelow(spoolOf(dataDir))).toBe(0);
  });

  it.each([
    ['before that was noted', true],
    ['just after that was noted', false],
  ])(
    'of a server that was killed when its run was over, %s, leave none once the next has started',
    async (_when, isUnnoted) => {
      const dataDir = await freshDirectory();
      await wholeRun({ dataDir });
      if (isUnnoted) await rm(join(dataDir, 'runs', 'id-v1', 'ended.json'));
      await mkdir(spoolOf(dataDir));
      await writeFile(join(spoolOf(dataDir), 'slot-0'), encodedModel(1));
      await startServer({ dataDir });
      expect(await bytesBelow(spoolOf(dataDir))).toBe(0);
    },
  );

  it('belong to one model: another signature is refused and nothing begins', async () => {
    const dataDir = await freshDirectory();
    await wholeRun({ dataDir });
    const other = modelOf(0, [SIGNATURE[0]!]);
    const error = await rejectionOf(startServer({ dataDir }, { initialParameters: other }));
    expect(error.code).toBe('shape-mismatch');
  });

  it('stay readable whatever names and numbers clients choose for their metrics', async () => {
    const dataDir = await freshDirectory();
    const server = await startServer({ dataDir, selection: { minConnected: 3 } });
    const clients = await registered(server, 'a', 'b', 'c');
    const manyNames = Object.fromEntries(
      Array.from({ length: 90 }, (_, i) => [
        `${String.fromCharCode(97 + (i % 26)).repeat(96)}${i}`.slice(-100),
        i,
      ]),
    );
    const metrics: Record<string, number>[] = [
      { constructor: 1, toString: 2, loss: Number.MAX_VALUE },
      { loss: Number.MAX_VALUE },
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`metric ${i}`, i])),
    ];
    await Promise.all(
      clients.map(async (client, i) => {
        await client.next();
        await client.upload(encodedModel(1), { metrics: { ...metrics[i]! } });
        expect((await client.next()).kind).toBe('evaluate');
        await client.evaluation({ loss: 1, numExamples: 1, metrics: i === 0 ? manyNames : metrics[i] });
      }),
    );
    expect(await server.finished).toMatchObject({ status: 'published', version: 1 });
    for (const client of clients) await client.next();
    await closeNow(server);
    expect(await wholeRun({ dataDir })).toMatchObject({ status: 'published', version: 2 });
  });
});

describe('a store that is damaged', () => {
  const damages: [what: string, damage: (models: string) => Promise<void>][] = [
    ['a manifest that is no JSON', (models) => truncate(join(models, 'versions', 'V1.json'), 40)],
    [
      'a manifest that lacks fields',
      (models) => writeFile(join(models, 'versions', 'V1.json'), '{"version":1}'),
    ],
    ['parameters that are cut off', async (models) => truncate(await parametersOfV1(models), 100)],
    ['parameters with a byte more', async (models) => appendFile(await parametersOfV1(models), 'x')],
    ['a store file that is no JSON', (models) => writeFile(join(models, 'store.json'), '{')],
  ];

  it.each(damages)('by %s stops the start with storage, and nothing is published', async (_what, damage) => {
    const dataDir = await freshDirectory();
    await wholeRun({ dataDir });
    await damage(join(dataDir, 'models'));
    expect((await rejectionOf(startServer({ dataDir }))).code).toBe('storage');
    expect(await readdir(join(dataDir, 'models', 'versions'))).toEqual(['V1.json']);
  });

  it('by a format of the future is unsupported', async () => {
    const dataDir = await freshDirectory();
    await wholeRun({ dataDir });
    await writeFile(join(dataDir, 'models', 'store.json'), '{"format":"fedops-model-store","version":2}');
    expect((await rejectionOf(startServer({ dataDir }))).code).toBe('unsupported');
  });
});

async function parametersOfV1(models: string): Promise<string> {
  const { parameters } = JSON.parse(await readFile(join(models, 'versions', 'V1.json'), 'utf8'));
  return join(models, 'parameters', `${parameters.digest}.params`);
}

describe('two servers', () => {
  it('do not work in one data directory', async () => {
    const dataDir = await freshDirectory();
    const first = await startServer({ dataDir });
    expect((await rejectionOf(startServer({ dataDir }))).code).toBe('conflict');
    const [client] = (await registered(first, 'client')) as [DoorClient];
    expect((await takePart(first, client)).kind).toBe('finish');
  });

  it('on one store publish one version between them: the other ends with conflict', async () => {
    const store = createMemoryModelStore();
    const [first, second] = [
      await startServer({ runId: 'one' }, { store }),
      await startServer({ runId: 'two' }, { store }),
    ];
    const finish = async (server: StartedServer, step: number) => {
      const [client] = (await registered(server, 'client')) as [DoorClient];
      const last = await takePart(server, client, { step });
      return { outcome: await server.finished, last };
    };
    expect(await finish(first, 1)).toMatchObject({ outcome: { status: 'published', version: 1 } });
    expect(await finish(second, 2)).toMatchObject({
      outcome: { status: 'failed', reason: 'publish-error', error: { code: 'conflict' } },
      last: { kind: 'fail', code: 'conflict' },
    });
    expect((await readParameters(store, (await store.latest())!.parameters.digest)).tensors).toEqual(
      modelOf(1).tensors,
    );
  });
});

describe('a place that cannot be used', () => {
  it('is a port in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const dataDir = await freshDirectory();
    expect((await rejectionOf(startServer({ dataDir, listen: { port } }))).code).toBe('unavailable');
    await new Promise((resolve) => taken.close(resolve));
    const server = await startServer({ dataDir, listen: { port } });
    expect(server.port).toBe(port);
  });

  it.each([
    ['data directory', (dir: string) => dir],
    ['model store', (dir: string) => join(dir, 'models')],
    ['directory of runs', (dir: string) => join(dir, 'runs')],
  ])('is a file in the place of the %s', async (_what, place) => {
    const dataDir = join(await freshDirectory(), 'data');
    const path = place(dataDir);
    if (path !== dataDir) await nodeFileSystem.makeDirectory(dataDir);
    await writeFile(path, 'a file');
    expect((await rejectionOf(startServer({ dataDir }))).code).toBe('storage');
  });
});

/** A disk that is full for the spool while the switch is on. */
function diskThatFills() {
  const state = { isFull: false };
  const files: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      if (!path.includes('spool')) return file;
      return {
        ...file,
        async write(bytes) {
          if (state.isFull)
            throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
          await file.write(bytes);
        },
      };
    },
  };
  return { state, files };
}

describe('a disk that is full', () => {
  it('refuses the update with storage, and takes it when there is room again, where no restart goes on with the run', async () => {
    const { state, files } = diskThatFills();
    const server = await startServer({ selection: { minConnected: 2 } }, { files });
    const [client, other] = (await registered(server, 'client', 'other')) as [DoorClient, DoorClient];
    await client.next();
    state.isFull = true;
    const refused = await client.upload(encodedModel(1));
    expect(refused).toMatchObject({ status: 507, json: { code: 'storage' } });
    expect(server.view().state).toMatchObject({ phase: 'fitting', waitingFor: ['client', 'other'] });
    state.isFull = false;
    expect((await client.upload(encodedModel(1))).json).toMatchObject({ state: 'counted' });
    await Promise.all([takePart(server, client), takePart(server, other)]);
    expect(server.view().history[0]).toMatchObject({ participants: [{}, {}], failures: [] });
  });
});

describe('the central evaluation', () => {
  it.each([
    ['throws', () => Promise.reject(new Error('no data'))],
    ['measures NaN', () => Promise.resolve({ loss: Number.NaN, numExamples: 10, metrics: {} })],
    ['measures nothing', () => Promise.resolve(undefined as never)],
  ])('that %s stops nothing; the round has no central measure', async (_what, evaluate) => {
    const server = await startServer({ rounds: 2 }, { evaluate });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    expect((await takePart(server, client)).kind).toBe('finish');
    for (const record of server.view().history) {
      expect(record.centralEvaluation).toBeUndefined();
      expect(record.clientEvaluation).toMatchObject({ loss: 0.25 });
    }
  });

  it('sees each round\u2019s model', async () => {
    const seen: number[] = [];
    const server = await startServer(
      { rounds: 3 },
      {
        evaluate: async ({ tensors }, { round }) => {
          seen.push(tensors[0]![0] as number);
          return { loss: round, numExamples: 7, metrics: {} };
        },
      },
    );
    const [client] = (await registered(server, 'client')) as [DoorClient];
    await takePart(server, client, { step: 2 });
    expect(seen).toEqual([2, 4, 6]);
    expect(server.view().history.map(({ centralEvaluation }) => centralEvaluation?.loss)).toEqual([1, 2, 3]);
  });
});

describe('close', () => {
  it('during a round tells the clients of a run that cannot be resumed that it was aborted', async () => {
    const server = await startServer({ selection: { minConnected: 2 } });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    const timers = server.clock.pending();
    const told = client.next();
    await until(() => server.clock.pending() > timers);
    const closing = server.close();
    expect(await told).toMatchObject({ kind: 'fail', code: 'aborted' });
    await closing;
    expect(await server.finished).toMatchObject({ status: 'failed', reason: 'stopped' });
    await server.close();
  });

  it('leaves a run with a data directory as it is; the next server goes on in the same round with its updates', async () => {
    const dataDir = await freshDirectory();
    const first = await startServer({ dataDir, selection: { minConnected: 2 } });
    const [early] = (await registered(first, 'early', 'late')) as [DoorClient];
    await early.next();
    await early.upload(encodedModel(1));
    await closeNow(first);
    const second = await startServer({ dataDir, selection: { minConnected: 2 } });
    expect(second.view().state).toMatchObject({ phase: 'fitting', waitingFor: ['late'] });
    const clients = await registered(second, 'early', 'late');
    await Promise.all(clients.map((client) => takePart(second, client)));
    expect(await second.finished).toMatchObject({ status: 'published', version: 1 });
    expect(second.view().history[0]!.participants).toHaveLength(2);
  });

  it('while a round waits for clients costs it no time: those of the round before come back, and it begins', async () => {
    const dataDir = await freshDirectory();
    const settings = {
      dataDir,
      rounds: 2,
      selection: { minConnected: 2 },
      clientEvaluation: { fraction: 0 },
    };
    const first = await startServer(settings);
    const [staying, leaving] = (await registered(first, 'staying', 'leaving')) as [DoorClient, DoorClient];
    await leaving.next();
    await leaving.upload(encodedModel(1));
    await leaving.leave();
    await staying.next();
    await staying.upload(encodedModel(1));
    await until(() => first.view().state.phase === 'waiting-for-clients');
    await closeNow(first);

    const second = await startServer(settings);
    const clients = await registered(second, 'staying', 'leaving');
    await Promise.all(clients.map((client) => takePart(second, client)));
    expect(await second.finished).toMatchObject({ status: 'published' });
  });

  it('of stop tells the clients, whatever the run', async () => {
    const server = await startServer({ dataDir: await freshDirectory(), selection: { minConnected: 2 } });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    await server.stop('no longer needed');
    expect(await client.next()).toMatchObject({ kind: 'fail', code: 'aborted' });
  });
});
