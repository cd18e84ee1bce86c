import { describe, expect, it } from '@jest/globals';
import type { ClientReport } from '../client/client-report.js';
import { outcomeOf } from './part-end.js';

const run = { key: 'V3', runId: null, version: 3, serverUrl: null, flowerAddress: null };
const before = { stateSince: null, hasFailed: false, version: 2 };
const python = (report: Partial<ClientReport>): ClientReport => ({
  taskId: 'mnist',
  mac: null,
  name: null,
  isTraining: false,
  hasFailed: false,
  version: 3,
  session: null,
  signature: null,
  ...report,
});

describe('what became of a start, by a client that has two flags and a version', () => {
  it.each([
    ['its version is still the old one', { version: 2 }, before, 'not-begun'],
    ['its version is that of the run', {}, before, 'train-finished'],
    ['its version is one more, as in early 2023', { version: 4 }, before, 'train-finished'],
    ['it has failed since', { hasFailed: true }, before, 'train-failed'],
    ['its flag was set before', { hasFailed: true }, { ...before, hasFailed: true }, 'train-failed'],
    ['its version is gone', { version: 0 }, before, 'restarted'],
  ] as const)('where %s', (_case, report, baseline, expected) => {
    const outcome = outcomeOf(python(report), baseline, run);
    expect(outcome.kind === 'ended' ? outcome.end.state : outcome.kind).toBe(expected);
  });
});

describe('what became of a start, by the session of our client app', () => {
  it.each([
    ['nothing has changed', { phase: 'idle', reason: 'not-started', since: 'a' }, 'not-begun'],
    ['it finished before', { phase: 'finished', reason: 'run-ended', since: 'a' }, 'not-begun'],
    ['it has finished', { phase: 'finished', reason: 'run-ended', since: 'b' }, 'train-finished'],
    ['it has failed', { phase: 'failed', reason: 'internal', since: 'b' }, 'train-failed'],
    ['it was stopped', { phase: 'idle', reason: 'stopped', since: 'b' }, 'train-failed'],
    ['it is another process', { phase: 'idle', reason: 'not-started', since: 'b' }, 'restarted'],
  ] as const)('where %s', (_case, session, expected) => {
    const report = python({ session: { ...session, progress: null, error: null } });
    const outcome = outcomeOf(report, { ...before, stateSince: 'a' }, run);
    expect(outcome.kind === 'ended' ? outcome.end.state : outcome.kind).toBe(expected);
  });
});
