import type { FitInput, FitOutput, Trainer } from '@fedops/client-session';
import { createParameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { holdableTrainer } from './holdable-trainer.js';

const parameters = createParameters([], []);
const input: FitInput = { parameters, config: {}, round: 3, seed: 1 };
const output: FitOutput = { parameters, numExamples: 7, metrics: {} };

/** Goes through these fractions. */
function trainerOf(...fractions: number[]): Trainer {
  return {
    async fit(_input, { progress }) {
      for (const fraction of fractions) progress(fraction);
      return output;
    },
    evaluate: async () => ({ loss: 0, numExamples: 1, metrics: {} }),
  };
}

function contextOf(signal = new AbortController().signal) {
  const seen: number[] = [];
  return { signal, progress: (fraction: number) => void seen.push(fraction), seen };
}

test('it trains what the trainer within trains, which may become known later', () => {
  let signature: Signature | undefined;
  const inner: Trainer = {
    ...trainerOf(),
    get signature() {
      return signature;
    },
  };
  const { trainer } = holdableTrainer(inner, () => undefined);
  expect(trainer.signature).toBeUndefined();
  signature = [{ name: 'w', shape: [2], dtype: 'float32' }];
  expect(trainer.signature).toBe(signature);
});

test('a held fit is under way, told once with its round, and ends with its abort alone', async () => {
  const told: number[] = [];
  const { trainer, holdNextFit } = holdableTrainer(trainerOf(0.1, 0.3, 0.9), (round) => told.push(round));
  const stopped = new AbortController();
  const context = contextOf(stopped.signal);

  holdNextFit();
  const fit = trainer.fit(input, context);
  stopped.abort(new Error('killed'));

  await expect(fit).rejects.toThrow('killed');
  expect({ told, seen: context.seen }).toEqual({ told: [3], seen: [0.1, 0.3, 0.9] });
});

test('a held fit that never says how far it is, is told when it is done', async () => {
  const told = new Promise<number>((resolve) => {
    const { trainer, holdNextFit } = holdableTrainer(trainerOf(), resolve);
    holdNextFit();
    void trainer.fit(input, contextOf());
  });

  await expect(told).resolves.toBe(3);
});

test('fits before and after the held one are as ever', async () => {
  const { trainer, holdNextFit } = holdableTrainer(trainerOf(1), () => {});

  await expect(trainer.fit(input, contextOf())).resolves.toBe(output);
  holdNextFit();
  void trainer.fit(input, contextOf());
  await expect(trainer.fit(input, contextOf())).resolves.toBe(output);
});
