import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { closingWords } from '../src/report/closing-words.js';
import { demoReport } from '../src/report/demo-report.js';
import { haveAllReported, missingCalls } from '../src/report/missing-calls.js';
import { assertModelFile } from '../src/report/model-digest.js';
import { assertReportPath, writeReport } from '../src/report/report-file.js';
import { A_DIGEST, ALL_CALLS, aDevice, aRecord, clientId, someOptions, stateAfter } from './samples.js';

const published = { version: 2, sha256: A_DIGEST, path: '/data/model' };
const bothCalled = stateAfter({
  kind: 'devices',
  devices: [aDevice('client-1', { calls: ALL_CALLS }), aDevice('client-2', { calls: ALL_CALLS })],
});

describe('the calls that a demo expects', () => {
  test('are complete where each client was watched, started, told its port, and reported', () => {
    expect(missingCalls(bothCalled)).toEqual([]);
    expect(haveAllReported(bothCalled)).toBe(true);
  });

  test.each([
    ['start', 'POST /start'],
    ['online', 'GET /online'],
    ['getPort', 'getPort()'],
    ['trainFin', 'getTrainFin()'],
    ['clientOut', 'getClientOut()'],
  ])('lack %s, by its name and the client', (call, name) => {
    const calls = { ...ALL_CALLS, [call]: 0 };
    const state = stateAfter({
      kind: 'devices',
      devices: [aDevice('client-1', { calls: ALL_CALLS }), aDevice('client-2', { calls })],
    });

    expect(missingCalls(state)).toEqual([`client-2: ${name} was never made`]);
    expect(haveAllReported(state)).toBe(call !== 'trainFin');
  });

  test('lack all of a client that the manager never heard of', () => {
    const state = stateAfter({ kind: 'devices', devices: [aDevice('client-1', { calls: ALL_CALLS })] });

    expect(missingCalls(state)).toHaveLength(5);
  });

  test('do not include the farewell of a client whose process is gone', () => {
    const calls = { ...ALL_CALLS, trainFin: 0, clientOut: 0 };
    const state = stateAfter(
      {
        kind: 'devices',
        devices: [aDevice('client-1', { calls: ALL_CALLS }), aDevice('client-2', { calls })],
      },
      { kind: 'client-lost', clientId: clientId('client-2'), how: 'ended by SIGKILL' },
    );

    expect(missingCalls(state)).toEqual([]);
    expect(haveAllReported(state)).toBe(true);
  });
});

describe('the report', () => {
  test('has options, rounds, calls, the final model and the time', () => {
    const state = [bothCalled].map((before) => ({ ...before, rounds: [aRecord()] }))[0]!;

    expect(
      demoReport(someOptions({ partition: { kind: 'shards', perClient: 2 } }), state, published, 30),
    ).toEqual({
      options: { clients: 2, rounds: 1, partition: 'shards:2', seed: 1, examples: 60_000, dataDir: '/data' },
      rounds: [
        {
          round: 1,
          accuracy: 0.934,
          loss: 0.25,
          participants: ['client-1', 'client-2'],
          failures: [],
          seconds: 4.25,
        },
      ],
      calls: { 'client-1': ALL_CALLS, 'client-2': ALL_CALLS },
      final: { accuracy: 0.934, loss: 0.25, ...published },
      seconds: 30,
    });
  });

  test('says null where a round was not measured, and zero calls of a client that nobody heard', () => {
    const { centralEvaluation: _, ...unmeasured } = aRecord();
    const { rounds, final, calls } = demoReport(
      someOptions(),
      stateAfter({ kind: 'round-ended', record: unmeasured }),
      published,
      1,
    );

    expect(rounds[0]).toMatchObject({ accuracy: null, loss: null });
    expect(final).toMatchObject({ accuracy: null, loss: null });
    expect(calls['client-1']).toEqual({ start: 0, online: 0, getPort: 0, trainFin: 0, clientOut: 0 });
  });

  test('is written as JSON', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'demo-')), 'report.json');
    const report = demoReport(someOptions(), bothCalled, published, 1);

    await assertReportPath(path);
    await writeReport(path, report);

    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(report);
  });

  test('is refused beforehand where it could not be written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-'));

    await expect(assertReportPath(folder)).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(assertReportPath(join(folder, 'none', 'report.json'))).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });
});

describe('the published file', () => {
  test('has to be the model that was announced', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'demo-')), 'model');
    await writeFile(path, 'abc');
    const ofAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

    await expect(assertModelFile(path, ofAbc)).resolves.toBeUndefined();
    await expect(assertModelFile(path, A_DIGEST)).rejects.toMatchObject({ code: 'storage' });
    await expect(assertModelFile(`${path}.none`, ofAbc)).rejects.toMatchObject({ code: 'storage' });
  });
});

describe('the last words', () => {
  const words = (changes: Parameters<typeof someOptions>[0], defaultDataDir = '/data') => {
    const options = someOptions(changes);
    const state = stateAfter({ kind: 'round-ended', record: aRecord() });
    return closingWords(demoReport(options, state, published, 31.26), options, defaultDataDir);
  };

  test('name the model and how good it is', () => {
    expect(words({})).toEqual(
      expect.arrayContaining([
        'Global model V2: 93.40 % of the 10,000 test images right, loss 0.2500; 31.3 s in all.',
        `  SHA-256  ${A_DIGEST}`,
        '  file     /data/model',
      ]),
    );
  });

  test('tell how to go on from it, in its own data directory', () => {
    const partition = { kind: 'dirichlet', alpha: 0.5 } as const;

    expect(words({})).toContain('  npm run demo');
    expect(words({ partition })).toContain('  npm run demo -- --partition dirichlet:0.5');
    expect(words({ dataDir: '/my data' })).toContain('  npm run demo -- --data-dir "/my data"');
  });

  test('suggest no more clients than a demo takes', () => {
    expect(words({ clients: 64 })).toContain('  npm run demo -- --clients 64');
  });
});
