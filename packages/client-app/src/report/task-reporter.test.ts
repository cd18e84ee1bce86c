import { silentLogger } from '@fedops/http-service';
import { ClientIdSchema, FedOpsError, RunIdSchema } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { fakeClock, settled } from '../../test/fake-clock.js';
import type { RestingState } from '../task/task-state.js';
import { createTaskReporter } from './task-reporter.js';

const finished = {
  phase: 'finished',
  since: 0,
  runId: RunIdSchema.parse('v4'),
  version: 4,
  digest: '0'.repeat(64),
} as const;
const failed = { phase: 'failed', since: 0, code: 'unavailable', message: 'no server' } as const;
const stopped = { phase: 'idle', since: 0, reason: 'stopped' } as const;
const origin = {
  taskId: 'mnist',
  clientId: ClientIdSchema.parse('device-7'),
  clientMac: null,
  clientName: 'seven',
  nextVersion: 4,
  runId: RunIdSchema.parse('v4'),
};

/** As the API clients tell it: `unheard` speaks of all attempts of a call. */
function refused(unheard = true): FedOpsError {
  return new FedOpsError('unavailable', 'no connection', {
    cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    details: { unheard },
  });
}

function reporterWith({ failures = [] as FedOpsError[], isTraining = true, knowsItself = true } = {}) {
  const clock = fakeClock();
  const calls: [string, ...unknown[]][] = [];
  const called =
    (name: string) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args.slice(0, -1)]);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return { client_training: isTraining, GL_Model_V: 4 };
    };
  const server = {
    baseUrl: 'http://127.0.0.1:1',
    getPort: async () => ({ port: 1 }),
    getTrainFin: called('server.getTrainFin'),
    getTrainFail: called('server.getTrainFail'),
    getClientOut: called('server.getClientOut'),
  };
  const performance = {
    putTrainResult: called('putTrainResult'),
    putTestResult: called('putTestResult'),
    putClientTimeResult: called('putClientTimeResult'),
  };
  const client = {
    baseUrl: 'http://127.0.0.1:1',
    getInfo: called('getInfo'),
    getTrainFin: called('getTrainFin'),
    getTrainFail: called('getTrainFail'),
    getClientOut: called('getClientOut'),
  };
  const make = (managers: Parameters<typeof createTaskReporter>[0]) =>
    createTaskReporter(managers, { clock, random: () => 1, logger: silentLogger }, () =>
      knowsItself ? origin : undefined,
    );
  return { clock, calls, make, client, server, performance };
}

describe('a task reporter', () => {
  it.each<[RestingState, string]>([
    [finished, 'getTrainFin'],
    [failed, 'getTrainFail'],
    [stopped, 'getTrainFail'],
  ])('tells the client manager of the end %j', async (end, call) => {
    const { calls, make, client } = reporterWith();
    make({ client }).ended(end, null);
    await settled();
    expect(calls).toEqual([[call]]);
  });

  it('tells the server manager of this client alone, with the reason', async () => {
    const { calls, make, server } = reporterWith();
    make({ server }).ended(failed, null);
    await settled();
    const reason = { code: 'unavailable', message: 'no server' };
    expect(calls).toEqual([
      ['server.getTrainFail', { client_id: 'device-7', client_mac: null, run_id: 'v4', reason }],
    ]);
  });

  it('reports what was trained and measured, and how long it took', async () => {
    const { calls, make, performance } = reporterWith();
    const reporter = make({ performance });
    reporter.fitted({ round: 2, seconds: 1.5, metrics: { loss: 0.5, accuracy: 0.75, val_loss: 0.6 } });
    reporter.evaluated({ round: 2, loss: 0.25, metrics: { accuracy: 0.875 } });
    reporter.ended(finished, 9);
    await settled();
    const from = { fl_task_id: 'mnist', client_mac: 'device-7', client_name: 'seven', gl_model_v: 4 };
    expect(calls).toEqual([
      [
        'putTrainResult',
        { ...from, round: 2, train_loss: 0.5, train_accuracy: 0.75, val_loss: 0.6, train_time: 1.5 },
      ],
      ['putTestResult', { ...from, round: 2, test_loss: 0.25, test_accuracy: 0.875 }],
      ['putClientTimeResult', { ...from, operation_time: 9 }],
    ]);
  });

  it('makes no figures up where the trainer measured none', async () => {
    const { calls, make, performance } = reporterWith();
    const reporter = make({ performance });
    reporter.fitted({ round: 1, seconds: 1, metrics: { auc: 0.9 } });
    reporter.evaluated({ round: 1, loss: 1, metrics: {} });
    reporter.ended(failed, null);
    await settled();
    expect(calls).toEqual([]);
  });

  it('does not fail with a result that it cannot read', async () => {
    const { calls, make, performance } = reporterWith();
    make({ performance }).fitted({ round: 1, seconds: 1, metrics: undefined as never });
    await settled();
    expect(calls).toEqual([]);
  });

  it('tries again while the manager cannot be reached', async () => {
    const { clock, calls, make, client } = reporterWith({ failures: [refused(), refused()] });
    make({ client }).ended(finished, null);
    await clock.pass(10_000);
    expect(calls).toEqual([['getTrainFin'], ['getTrainFin'], ['getTrainFin']]);
  });

  it('asks first, before it repeats an end that may have been heard', async () => {
    const late = () => new FedOpsError('deadline-exceeded', 'no answer');
    const heard = reporterWith({ failures: [late()], isTraining: false });
    heard.make({ client: heard.client }).ended(finished, null);
    await heard.clock.pass(10_000);
    expect(heard.calls).toEqual([['getTrainFin'], ['getInfo']]);

    const unheard = reporterWith({ failures: [late()], isTraining: true });
    unheard.make({ client: unheard.client }).ended(finished, null);
    await unheard.clock.pass(10_000);
    expect(unheard.calls).toEqual([['getTrainFin'], ['getInfo'], ['getTrainFin']]);
  });

  it('repeats a result only where nobody can have heard it', async () => {
    const lost = reporterWith({ failures: [new FedOpsError('deadline-exceeded', 'no answer')] });
    lost.make({ performance: lost.performance }).evaluated({ round: 1, loss: 1, metrics: { accuracy: 1 } });
    await lost.clock.pass(60_000);
    expect(lost.calls).toHaveLength(1);

    const halfHeard = reporterWith({ failures: [refused(false)] });
    halfHeard
      .make({ performance: halfHeard.performance })
      .evaluated({ round: 1, loss: 1, metrics: { accuracy: 1 } });
    await halfHeard.clock.pass(60_000);
    expect(halfHeard.calls).toHaveLength(1);

    const busy = new FedOpsError('overloaded', 'later', { details: { status: 429, unheard: true } });
    const turnedAway = reporterWith({ failures: [refused(), busy] });
    turnedAway
      .make({ performance: turnedAway.performance })
      .evaluated({ round: 1, loss: 1, metrics: { accuracy: 1 } });
    await turnedAway.clock.pass(60_000);
    expect(turnedAway.calls).toHaveLength(3);
  });

  it('takes a manager without the routes of one client for what it is', async () => {
    const { clock, calls, make, server } = reporterWith({
      failures: [new FedOpsError('unsupported', 'no route')],
    });
    make({ server }).ended(finished, null);
    await clock.pass(60_000);
    expect(calls).toHaveLength(1);
  });

  it('does not tell of an old end once a new run has begun', async () => {
    const { clock, calls, make, client } = reporterWith({ failures: [refused()] });
    const reporter = make({ client });
    reporter.ended(failed, null);
    await clock.pass(0);
    reporter.started();
    await clock.pass(60_000);
    expect(calls).toEqual([['getTrainFail']]);
  });

  it('says that the client leaves, to both managers, after what was still to be told', async () => {
    const { clock, calls, make, client, server } = reporterWith({ failures: [refused()] });
    const reporter = make({ client, server });
    reporter.ended(finished, null);
    await clock.pass(0);
    const left = reporter.left(1_000);
    await clock.pass(1_000);
    await left;
    expect(calls.map(([name]) => name).sort()).toEqual([
      'getClientOut',
      'getTrainFin',
      'getTrainFin',
      'server.getClientOut',
      'server.getTrainFin',
    ]);
  });

  it('sends no notice before the client knows who it is', async () => {
    const { calls, make, server } = reporterWith({ knowsItself: false });
    make({ server }).ended(failed, null);
    await settled();
    expect(calls).toEqual([]);
  });
});
