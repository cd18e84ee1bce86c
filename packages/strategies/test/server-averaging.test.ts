import { readFileSync } from 'node:fs';
import type { Parameters } from '@fedops/parameters';
import type { ClientId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { fedAvg, fedAvgM, foldTiles, type Strategy } from '../src/index.js';
import { dataOf, floats, sectionOf, sectionSink } from './sections.js';

interface Step {
  readonly updates: readonly (readonly number[])[];
  readonly fedAvg: readonly number[];
  readonly fedAvgM: readonly number[];
  readonly velocity: readonly number[];
}

interface Case {
  readonly clients: number;
  readonly serverLearningRate: number;
  readonly momentum: number;
  readonly initial: readonly number[];
  readonly numExamples: readonly number[];
  readonly steps: readonly Step[];
}

/** Made by test/vectors/make_vectors.py. */
const { cases } = JSON.parse(
  readFileSync(new URL('./vectors/server-averaging.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

interface ServerState {
  readonly model: Parameters;
  readonly velocity?: Parameters;
}

async function nextModel(
  strategy: Strategy,
  { model, velocity }: ServerState,
  { updates, numExamples }: { updates: readonly (readonly number[])[]; numExamples: readonly number[] },
): Promise<ServerState> {
  const { signature } = model;
  const facts = numExamples.map((n, k) => ({
    clientId: `client-${k}` as ClientId,
    numExamples: n,
    metrics: {},
    l2Norm: 0,
  }));
  const [output, next] = [sectionSink(), sectionSink()];
  const last = velocity === undefined ? {} : { last: sectionOf(velocity) };
  await foldTiles(
    {
      aggregation: strategy.plan({ round: 1, signature, updates: facts, scalars: {} }),
      updates: updates.map((values) => sectionOf(floats('w', values))),
      current: sectionOf(model),
      output,
      moments: strategy.moments.map(() => ({ ...last, next })),
    },
    { signature },
  );
  const model2 = floats('w', [...new Float32Array(output.bytes().buffer)]);
  if (strategy.moments.length === 0) return { model: model2 };
  return { model: model2, velocity: floats('w', [...new Float32Array(next.bytes().buffer)]) };
}

describe.each(cases)('$clients clients, learning rate $serverLearningRate, momentum $momentum', (vectors) => {
  const { initial, numExamples, steps, serverLearningRate, momentum } = vectors;

  it('FedAvg gives what numpy gives, bit for bit', async () => {
    let state: ServerState = { model: floats('w', initial) };
    for (const { updates, fedAvg: expected } of steps) {
      state = await nextModel(fedAvg(), state, { updates, numExamples });
      expect(dataOf(state.model)).toEqual(dataOf(floats('w', expected)));
    }
  });

  it('FedAvgM gives what numpy gives, bit for bit, velocity included', async () => {
    let state: ServerState = { model: floats('w', initial) };
    for (const { updates, fedAvgM: expected, velocity } of steps) {
      state = await nextModel(fedAvgM({ serverLearningRate, momentum }), state, { updates, numExamples });
      expect(dataOf(state.model)).toEqual(dataOf(floats('w', expected)));
      expect(dataOf(state.velocity!)).toEqual(dataOf(floats('w', velocity)));
    }
  });
});

describe('what Flower 1.28 gives for the same updates in every round', () => {
  // x₀ = {w: [[0,1],[2,3]], b: [1,1]}; A with 10 and B with 30 examples.
  const initial = floats('w', [0, 1, 2, 3, 1, 1]);
  const replies = {
    updates: [
      [1, 2, 3, 4, 10, 20],
      [3, 2, 1, 0, 30, -20],
    ],
    numExamples: [10, 30],
  };

  it('FedAvg gives too', async () => {
    const { model } = await nextModel(fedAvg(), { model: initial }, replies);
    expect(model.tensors[0]).toEqual(Float32Array.of(2.5, 2, 1.5, 1, 25, -10));
  });

  it('FedAvgM gives too, over three rounds', async () => {
    const strategy = fedAvgM({ serverLearningRate: 0.5, momentum: 0.9 });
    const rounds = [
      [1.25, 1.5, 1.75, 2, 13, -4.5],
      [3, 2.2, 1.4, 0.6, 29.8, -12.2],
      [4.325, 2.73, 1.135, -0.46, 42.52, -18.03],
    ];
    let state: ServerState = { model: initial };
    for (const expected of rounds) {
      state = await nextModel(strategy, state, replies);
      const actual = [...(state.model.tensors[0] as Float32Array)];
      for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 4);
    }
  });
});
