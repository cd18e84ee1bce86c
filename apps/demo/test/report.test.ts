import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { NO_CALLS } from '../src/calls/call-counts.js';
import type { DemoEvent } from '../src/federation/demo-state.js';
import { closingWords } from '../src/report/closing-words.js';
import { demoReport } from '../src/report/demo-report.js';
import { mishapProblems } from '../src/report/mishap-problems.js';
import { missingCalls } from '../src/report/missing-calls.js';
import { assertReportPath, writeReport } from '../src/report/report-file.js';
import {
  A_DIGEST,
  A_MISHAP,
  ALL_CALLS,
  aParticipant,
  aRecord,
  calls,
  clientId,
  someOptions,
  stateAfter,
} from './samples.js';

const published = { version: 2, sha256: A_DIGEST, path: '/data/model' };
const both = calls({ 'client-1': ALL_CALLS, 'client-2': ALL_CALLS });
const lost: DemoEvent = { kind: 'client-lost', clientId: clientId('client-2'), how: 'ended by SIGKILL' };

describe('the calls that a demo expects', () => {
  test('are complete where each device was registered, watched and started, and its client reported', () => {
    expect(missingCalls(stateAfter(...both))).toEqual([]);
  });

  test.each([
    ['register', 'the registration of the device'],
    ['heartbeat', 'a heartbeat of the device'],
    ['start', 'POST /start'],
    ['online', 'GET /online'],
    ['trainFin', 'getTrainFin()'],
    ['clientOut', 'getClientOut()'],
  ])('lack %s, by its name and the client', (call, name) => {
    const state = stateAfter(...calls({ 'client-1': ALL_CALLS, 'client-2': { ...ALL_CALLS, [call]: 0 } }));

    expect(missingCalls(state)).toEqual([`client-2: ${name} was never made`]);
  });

  test('lack all of a device that was never heard of', () => {
    expect(missingCalls(stateAfter(...calls({ 'client-1': ALL_CALLS })))).toHaveLength(6);
  });

  test('do not include the farewell of a client whose process is gone', () => {
    const silent = { ...ALL_CALLS, trainFin: 0, clientOut: 0 };

    expect(missingCalls(stateAfter(...calls({ 'client-1': ALL_CALLS, 'client-2': silent }), lost))).toEqual(
      [],
    );
  });
});

describe('the report', () => {
  test('has options, runs, rounds, calls, who was killed and who joined, the final model and the time', () => {
    const options = someOptions({ partition: { kind: 'shards', perClient: 2 } });
    const round = { accuracy: 0.934, loss: 0.25, failures: [], seconds: 4.25 };

    expect(demoReport(options, stateAfter(...A_MISHAP, ...both), published, 30)).toEqual({
      options: { clients: 2, rounds: 2, partition: 'shards:2', seed: 1, examples: 60_000, dataDir: '/data' },
      runs: [
        { runId: 'r1', baseVersion: 0, version: 1, sha256: A_DIGEST, parts: {} },
        {
          runId: 'r2',
          baseVersion: 1,
          version: 2,
          sha256: A_DIGEST,
          parts: {
            'client-1': { state: 'train-finished', reason: null },
            'client-2': { state: 'train-failed', reason: 'silent for 4 s' },
          },
        },
      ],
      rounds: [
        { ...round, runId: 'r1', round: 1, participants: ['client-1', 'client-2'] },
        {
          ...round,
          runId: 'r2',
          round: 1,
          participants: ['client-1'],
          failures: [{ clientId: 'client-2', work: 'fit', code: 'unavailable', message: 'not heard' }],
        },
        { ...round, runId: 'r2', round: 2, participants: ['client-1', 'client-3'] },
      ],
      calls: { 'client-1': ALL_CALLS, 'client-2': ALL_CALLS, 'client-3': NO_CALLS },
      killed: { clientId: 'client-2', runId: 'r2', round: 1 },
      joined: { clientId: 'client-3', runId: 'r2', fromRound: 2 },
      final: { accuracy: 0.934, loss: 0.25, ...published },
      seconds: 30,
    });
  });

  test('says null where a round was not measured, and where nobody was killed or joined', () => {
    const { centralEvaluation: _, ...unmeasured } = aRecord();
    const state = stateAfter(
      { kind: 'run-began', runId: 'r1', baseVersion: 0 },
      { kind: 'round-ended', runId: 'r1', record: unmeasured },
    );
    const { runs, rounds, final, killed, joined } = demoReport(someOptions(), state, published, 1);

    expect(runs[0]).toMatchObject({ version: null, sha256: null });
    expect(rounds[0]).toMatchObject({ accuracy: null, loss: null });
    expect(final).toMatchObject({ accuracy: null, loss: null });
    expect({ killed, joined }).toEqual({ killed: null, joined: null });
  });

  test('is written as JSON', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'demo-')), 'report.json');
    const report = demoReport(someOptions(), stateAfter(...A_MISHAP), published, 1);

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

describe('what follows from the client that is killed', () => {
  const problems = (events: readonly DemoEvent[]) =>
    mishapProblems(demoReport(someOptions(), stateAfter(...events), published, 1));
  const without = (kind: DemoEvent['kind']) => A_MISHAP.filter((event) => event.kind !== kind);

  test('is its failed round, its failed part, and another device from a later round on', () => {
    expect(problems(A_MISHAP)).toEqual([]);
  });

  test.each([
    ['client-killed', 'no client was killed'],
    ['parts', "the server manager does not know that client-2's part of r2 failed"],
    ['client-joined', 'no other device has joined after round 1 of r2'],
  ] as const)('lacks what %s would tell', (kind, problem) => {
    expect(problems(without(kind))).toEqual([problem]);
  });

  test('is no second joining where one was lost in an earlier run', () => {
    const earlier: DemoEvent[] = [
      ...A_MISHAP.slice(0, 1),
      { kind: 'client-joined', joined: { clientId: clientId('client-3'), runId: 'r1' } },
      {
        kind: 'round-ended',
        runId: 'r1',
        record: aRecord({ participants: [aParticipant('client-3')] }),
      },
      ...without('client-joined').slice(1),
    ];

    expect(problems(earlier)).toEqual([]);
  });

  test('lacks the round that says so, and the one that the new device took part in', () => {
    expect(problems(without('round-ended'))).toEqual([
      'round 1 of r2 does not say that client-2 failed',
      'no other device has joined after round 1 of r2',
    ]);
  });
});

describe('the last words', () => {
  const words = (changes: Parameters<typeof someOptions>[0], defaultDataDir = '/data') => {
    const options = someOptions(changes);
    return closingWords(
      demoReport(options, stateAfter(...A_MISHAP), published, 31.26),
      options,
      defaultDataDir,
    );
  };

  test('name the model and how good it is, who was killed and who joined', () => {
    expect(words({})).toEqual(
      expect.arrayContaining([
        'Global model V2: 93.40 % of the 10,000 test images right, loss 0.2500; 31.3 s in all.',
        '  client-2 was killed in round 1 of run r2, which went on without it.',
        '  client-3 joined late and took part from round 2 on.',
        `  SHA-256  ${A_DIGEST}`,
        '  file     /data/model',
        'Try next, each from V2 to V4:',
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
