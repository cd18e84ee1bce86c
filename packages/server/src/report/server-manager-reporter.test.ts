import type { ServerAPI } from '@fedops/client-api';
import { FedOpsError, type RoundRecord } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { fakeClock, settle } from '../../test/fake-clock.js';
import { digestOf } from '../../test/run-samples.js';
import type { RunReport } from './reporter.js';
import {
  createManagerReporter,
  type ManagerReporterParts,
  type ManagerReporterSettings,
} from './server-manager-reporter.js';

type Call = readonly [method: string, body: unknown];

/** A manager that answers each call as the test says, and remembers them. */
function aManager(
  {
    answer = async () => {},
    performanceUrl = 'http://127.0.0.1/' as string | null,
    env = {},
    settings,
  } = {} as {
    answer?: (call: Call) => Promise<void>;
    performanceUrl?: string | null;
    env?: Readonly<Record<string, string>>;
    settings?: ManagerReporterSettings;
  },
) {
  const calls: Call[] = [];
  const method = (name: string) => async (body: unknown) => {
    calls.push([name, body]);
    await answer([name, body]);
  };
  const api = {
    performanceUrl,
    putServerStatus: method('status'),
    putFlRoundFin: method('finished'),
    putGlModelEvaluation: method('evaluation'),
    putServerTimeResult: method('time'),
  } as unknown as ManagerReporterParts['api'] & ServerAPI;
  const warnings: string[] = [];
  const logger = { info: () => {}, warn: (_: object, text: string) => warnings.push(text), error: () => {} };
  const clock = fakeClock();
  return { calls, warnings, clock, reporter: createManagerReporter({ api, clock, logger, env }, settings) };
}

const record: RoundRecord = {
  round: 2,
  outcome: { kind: 'closed', digest: digestOf(1) },
  participants: [],
  failures: [],
  fitMetrics: {},
  centralEvaluation: { loss: 0.5, numExamples: 100, metrics: { accuracy: 0.9, recall: 0.8 } },
  seconds: 3,
};
const started: RunReport = { kind: 'run-started', nextVersion: 4 };
const published: RunReport = { kind: 'run-published', version: 4, digest: digestOf(1), seconds: 60 };
const failedRun: RunReport = { kind: 'run-failed', reason: 'quorum-not-met', message: 'alone', seconds: 60 };

describe('the reporter to a server manager', () => {
  it('tells of start, rounds and end, in order', async () => {
    const { calls, reporter } = aManager();
    for (const report of [started, { kind: 'round-ended', record } as const, published])
      reporter.report(report);
    await reporter.close(1_000);
    expect(calls).toMatchObject([
      [
        'status',
        { FLSeReady: true, GL_Model_V: 4, Last_GL_Model: 'V3', FLServer_start: '2026-11-24T00:00:00.000Z' },
      ],
      [
        'evaluation',
        {
          round: 2,
          gl_loss: 0.5,
          gl_accuracy: 0.9,
          gl_model_v: 4,
          evaluation_source: 'server',
          evaluation_status: 'completed',
          evaluation_samples: 100,
        },
      ],
      ['time', { server_operation_time: 60, gl_model_v: 4 }],
      ['finished', {}],
    ]);
  });

  it.each([
    ['the environment names', { FEDOPS_CAMPAIGN_RUN_ID: 'c-2026-1' }, undefined, 'c-2026-1'],
    [
      'the settings name, whatever the environment says',
      { FEDOPS_CAMPAIGN_RUN_ID: 'old' },
      { campaignRunId: 'r7' },
      'r7',
    ],
    ['nobody names, where the variable is empty', { FEDOPS_CAMPAIGN_RUN_ID: '' }, undefined, undefined],
  ])('tells of the campaign that %s', async (_, env, settings, runId) => {
    const { calls, reporter } = aManager({ env, ...(settings !== undefined && { settings }) });
    for (const report of [started, { kind: 'round-ended', record } as const, published])
      reporter.report(report);
    await reporter.close(1_000);
    const named = calls.map(([method, body]) => {
      const { Campaign_run_id, campaign_run_id } = body as Record<string, unknown>;
      return [method, Campaign_run_id ?? campaign_run_id];
    });
    expect(named).toEqual([
      ['status', runId],
      ['evaluation', runId],
      ['time', undefined],
      ['finished', runId],
    ]);
  });

  it('never tells of a failed run as finished', async () => {
    const { calls, reporter } = aManager();
    reporter.report(started);
    reporter.report(failedRun);
    await reporter.close(1_000);
    expect(calls.map(([method]) => method)).not.toContain('finished');
    expect(calls.at(-1)).toMatchObject(['status', { FLSeReady: false, GL_Model_V: 4 }]);
  });

  it('tells a measure by clients, or none, for what it is', async () => {
    const { centralEvaluation, ...unmeasured } = record;
    const { calls, reporter } = aManager();
    reporter.report({ kind: 'round-ended', record: { ...unmeasured, clientEvaluation: centralEvaluation! } });
    reporter.report({ kind: 'round-ended', record: unmeasured });
    await reporter.close(1_000);
    expect(calls.map(([, body]) => body)).toMatchObject([
      { evaluation_source: 'client_aggregated', evaluation_status: 'completed' },
      { evaluation_status: 'missing', gl_loss: null, gl_accuracy: null },
    ]);
  });

  it('leaves out the performance service where there is none', async () => {
    const { calls, reporter } = aManager({ performanceUrl: null });
    for (const report of [started, { kind: 'round-ended', record } as const, published])
      reporter.report(report);
    await reporter.close(1_000);
    expect(calls.map(([method]) => method)).toEqual(['status', 'finished']);
  });

  it('tries again what a manager did not hear, with longer waits, and gives up after five times', async () => {
    const { calls, warnings, clock, reporter } = aManager({
      answer: () => Promise.reject(new FedOpsError('unavailable', 'no answer')),
    });
    reporter.report(started);
    await settle();
    const counts = [calls.length];
    for (const wait of [1_000, 2_000, 4_000, 8_000, 100_000]) {
      await clock.advance(wait);
      counts.push(calls.length);
    }
    expect(counts).toEqual([1, 2, 3, 4, 5, 5]);
    expect(warnings).toHaveLength(1);
  });

  it('does not say twice what may have been heard: the manager would count it twice', async () => {
    const { calls, clock, reporter } = aManager({
      answer: async ([method]) => {
        if (method === 'finished') throw new FedOpsError('deadline-exceeded', 'no answer in time');
      },
    });
    reporter.report(published);
    await clock.advance(100_000);
    expect(calls.filter(([method]) => method === 'finished')).toHaveLength(1);
  });

  it('goes on with the next report when one was given up', async () => {
    const { calls, clock, reporter } = aManager({
      answer: async ([method]) => {
        if (method === 'status') throw new FedOpsError('bad-response', 'HTML');
      },
    });
    reporter.report(started);
    reporter.report(published);
    await clock.advance(100_000);
    expect(calls.at(-1)![0]).toBe('finished');
  });

  it('returns at once and closes in time although the manager never answers', async () => {
    const { clock, reporter } = aManager({ answer: () => new Promise(() => {}) });
    for (let i = 0; i < 2_000; i++) reporter.report(started);
    const closing = reporter.close(5_000);
    await clock.advance(5_000);
    await closing;
  });

  it('says in the log how many of the last reports nobody took in time', async () => {
    const { clock, reporter, warnings } = aManager({ answer: () => new Promise(() => {}) });
    for (let i = 0; i < 3; i++) reporter.report(started);
    const closing = reporter.close(5_000);
    await clock.advance(5_000);
    await closing;
    expect(warnings).toEqual([expect.stringMatching(/^3 of the last reports/)]);
  });
});
