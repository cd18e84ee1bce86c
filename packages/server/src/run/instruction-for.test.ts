import { InstructionSchema } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import { describe, expect, it } from '@jest/globals';
import { aModel, anUpdate, aPlan, id, START } from '../../test/run-samples.js';
import { advance, beginRun } from './advance.js';
import { instructionFor } from './instruction-for.js';
import type { RunEvent, RunState } from './run-state.js';
import { workSeed } from './work-seed.js';

const plan = aPlan();
const strategy = fedAvg({ fitConfig: (round) => ({ round }), evaluateConfig: { batchSize: 8 } });
const connected = [id('a'), id('b')];

function after(...events: readonly RunEvent[]): RunState {
  return events.reduce(
    (state, event) => advance(plan, state, event),
    beginRun(plan, aModel(), START) as RunState,
  );
}

const told = (state: RunState, client: string, now = START) =>
  instructionFor(plan, state, strategy, id(client), now);
const opened: RunEvent = { kind: 'connected-changed', connected, at: START };
const update = (client: string): RunEvent => ({
  kind: 'fit-received',
  round: 1,
  update: anUpdate(client),
  at: START,
});
const aggregated: RunEvent = { kind: 'aggregated', model: aModel(1), metrics: {}, connected, at: START };

describe('instructionFor', () => {
  it('is nothing while the round waits, for who is not selected, and for whose result is in', () => {
    expect(told(after(), 'a')).toBeUndefined();
    expect(told(after(opened), 'stranger')).toBeUndefined();
    expect(told(after(opened, update('a')), 'a')).toBeUndefined();
    expect(told(after(opened, update('a'), update('b')), 'a')).toBeUndefined();
  });

  it('is to fit, with the model, the settings of the round, a seed of the client and the time that is left', () => {
    expect(InstructionSchema.parse(told(after(opened), 'a', START + 500))).toEqual({
      kind: 'fit',
      runId: 'v1',
      round: 1,
      parameters: aModel().parameters,
      config: { round: 1 },
      seed: workSeed(plan, 1, 'fit', id('a')),
      remainingMs: 1_500,
    });
    expect(told(after(opened), 'a', START + 9_999)).toMatchObject({ remainingMs: 0 });
  });

  it('is to fit also for a client that was lost and has come back, but not for one that failed', () => {
    const lost = after(opened, { kind: 'connected-changed', connected: [id('b')], at: START });
    expect(told(lost, 'a')).toMatchObject({ kind: 'fit' });
    const failure = {
      clientId: id('a'),
      work: 'fit',
      origin: 'reported',
      code: 'internal',
      message: '',
    } as const;
    expect(told(after(opened, { kind: 'work-failed', round: 1, failure, at: START }), 'a')).toBeUndefined();
  });

  it('is to evaluate the model that the round made', () => {
    const state = after(opened, update('a'), update('b'), aggregated);
    expect(told(state, 'b')).toMatchObject({
      kind: 'evaluate',
      parameters: aModel(1).parameters,
      config: { batchSize: 8 },
    });
  });

  it('is to finish or to fail when the run has ended', () => {
    const evaluations = connected.map(
      (clientId): RunEvent => ({
        kind: 'evaluation-received',
        round: 1,
        clientId,
        evaluation: { loss: 1, numExamples: 1, metrics: {} },
        at: START,
      }),
    );
    const finished = after(opened, update('a'), update('b'), aggregated, ...evaluations, {
      kind: 'published',
      version: 1,
      path: 'V1',
      at: START,
    });
    expect(told(finished, 'stranger')).toEqual({
      kind: 'finish',
      runId: 'v1',
      version: 1,
      digest: aModel(1).parameters.digest,
    });
    const stopped = after({ kind: 'stopped', message: 'enough', at: START });
    expect(told(stopped, 'a')).toEqual({ kind: 'fail', runId: 'v1', code: 'aborted', message: 'enough' });
  });
});

describe('workSeed', () => {
  it('never changes for the same facts', () => {
    expect([
      workSeed(plan, 1, 'fit', id('device-7')),
      workSeed(plan, 2, 'fit', id('device-7')),
      workSeed(plan, 1, 'select-for-fit'),
      workSeed({ ...plan, seed: 1 }, 1, 'evaluate', id('device-7')),
    ]).toEqual([504278124, 2444770672, 4123076521, 1421563600]);
  });

  it('differs by run, round, purpose and client', () => {
    const seeds = [
      workSeed(plan, 1, 'fit', id('a')),
      workSeed(aPlan({ runId: 'v2' as typeof plan.runId }), 1, 'fit', id('a')),
      workSeed(plan, 2, 'fit', id('a')),
      workSeed(plan, 1, 'evaluate', id('a')),
      workSeed(plan, 1, 'fit', id('b')),
      workSeed(plan, 1, 'select-for-fit'),
      workSeed(plan, 1, 'select-for-evaluation'),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
  });
});
