import type { ManagedRun, RunEvent } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { lineOfEvent, lineOfRun } from './event-line.js';

const common = { id: 'k-3.0', at: '2026-11-24T12:00:00.000Z', runId: 'r1' };
const context = {
  taskId: 'mnist',
  rounds: 4,
  baseVersion: 6,
  fitConfig: { batchSize: 16, localEpochs: 2 },
  aggregationServer: 'http://127.0.0.1:8080',
};
const lineOf = (event: object, more: Partial<typeof context> = {}) =>
  lineOfEvent({ ...context, ...more }, { ...common, ...event } as RunEvent);

it('has the fields of Python’s runtime events, and ours beside them', () => {
  const update = { clientId: 'a', numExamples: 600, metrics: { loss: 0.3 }, digest: 'd' };
  expect(lineOf({ kind: 'update-received', round: 2, update })).toEqual({
    schemaVersion: 1,
    timestamp: common.at,
    taskId: 'mnist',
    runId: 'r1',
    clientInstanceId: 'a',
    stage: 'uploading',
    round: 2,
    progress: 25,
    message: 'update received',
    metrics: { loss: 0.3 },
    event: 'update-received',
    eventId: 'k-3.0',
    acknowledgement: 'server_received',
    sampleCount: 600,
    digest: 'd',
    targetGlobalModelVersion: 7,
  });
});

it.each<[object, object]>([
  [
    { kind: 'client-connected', clientId: 'a', name: null },
    {
      stage: 'connecting',
      clientInstanceId: 'a',
      aggregationServer: 'http://127.0.0.1:8080',
      targetGlobalModelVersion: 7,
    },
  ],
  [
    { kind: 'round-began', round: 1 },
    { stage: 'waiting_round', progress: 0 },
  ],
  [
    { kind: 'aggregated', round: 1, fitMetrics: { loss: 1 } },
    { stage: 'global_model_updated', metrics: { loss: 1 } },
  ],
  [
    {
      kind: 'evaluation-received',
      round: 1,
      evaluation: { clientId: 'b', loss: 2, numExamples: 5, metrics: { f1: 3 } },
    },
    { stage: 'evaluation_received', clientInstanceId: 'b', metrics: { loss: 2, f1: 3 }, sampleCount: 5 },
  ],
  [
    {
      kind: 'client-failed',
      round: 1,
      failure: { clientId: 'b', work: 'fit', code: 'internal', message: 'no memory' },
    },
    { stage: 'client_failed', clientInstanceId: 'b', message: 'fit: internal: no memory' },
  ],
  [
    {
      kind: 'round-closed',
      record: {
        round: 3,
        participants: [{}],
        failures: [],
        fitMetrics: {},
        clientEvaluation: { loss: 1, metrics: {} },
      },
    },
    { stage: 'round_closed', round: 3, progress: 75, metrics: { loss: 1 }, participants: 1, failures: 0 },
  ],
  [
    { kind: 'version-published', version: 7, digest: 'd' },
    { stage: 'completed', progress: 100, globalModelVersion: 7 },
  ],
  [
    { kind: 'run-failed', reason: 'stopped', code: 'aborted', message: 'enough' },
    { stage: 'failed', message: 'stopped: enough', errorType: 'aborted' },
  ],
])('puts %j into a line', (event, line) => {
  expect(lineOf(event)).toMatchObject(line);
});

it.each([
  [1, 6, { modelRole: 'global', modelLabel: 'Global Model v6', sourceGlobalModelVersion: 6 }],
  [1, 0, { modelRole: 'initiative', targetGlobalModelVersion: 1 }],
  [3, 6, { modelRole: 'round-aggregate', modelLabel: 'Round 2 Aggregate', sourceRound: 2 }],
])('says with what round %d of a run from V%d trains, and how', (round, baseVersion, source) => {
  const opened = { kind: 'round-opened', round, asked: ['a'], deadline: common.at };
  expect(lineOf(opened, { baseVersion })).toMatchObject({
    stage: 'training',
    training: { batchSize: 16, localEpochs: 2 },
    ...source,
  });
});

it('tells the last round, which makes the version, from those before', () => {
  const scopeOf = (round: number) => lineOf({ kind: 'aggregated', round, fitMetrics: {} }).aggregationScope;
  expect([scopeOf(3), scopeOf(4)]).toEqual(['round', 'campaign-final']);
});

it('leaves out what is null', () => {
  expect(Object.values(lineOf({ kind: 'client-lost', clientId: 'a', name: null }))).not.toContain(undefined);
});

it('says what the manager says, with what belongs to the state', () => {
  const state = { status: 'failed', since: common.at, reason: 'server-crashed', message: 'it crashed' };
  expect(lineOfRun({ taskId: 'mnist', runId: 'r1', state } as unknown as ManagedRun)).toEqual({
    schemaVersion: 1,
    timestamp: common.at,
    taskId: 'mnist',
    runId: 'r1',
    stage: 'run_failed',
    message: 'the run is failed: it crashed',
    reason: 'server-crashed',
  });
});
