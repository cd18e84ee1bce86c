import type { Trainer } from '@fedops/client-session';
import { createParameters } from '@fedops/parameters';
import { describe, expect, it } from '@jest/globals';
import { eventfulTrainer } from './eventful-trainer.js';
import type { RuntimeEvent } from './runtime-event.js';

const parameters = createParameters([{ name: 'w', shape: [], dtype: 'float32' }], [new Float32Array(1)]);
const context = { signal: new AbortController().signal, progress: () => {} };

function observed(trainer: Partial<Trainer> = {}) {
  const events: RuntimeEvent[] = [];
  let rounds = 1;
  const told = eventfulTrainer(
    {
      fit: async () => ({ parameters, numExamples: 1, metrics: {} }),
      evaluate: async () => ({ loss: 0.5, numExamples: 1, metrics: {} }),
      ...trainer,
    },
    (event) => events.push(event),
    {
      target: () => ({ version: 2, rounds }),
      learnRounds: (told) => {
        rounds = told;
      },
    },
  );
  return { told, events };
}

describe('eventfulTrainer', () => {
  it('learns from the config of a fit how many rounds there are', async () => {
    const { told, events } = observed();
    await told.fit({ parameters, config: { num_rounds: 2 }, round: 1, seed: 0 }, context);
    await told.evaluate({ parameters, config: {}, round: 1, seed: 0 }, context);
    await told.evaluate({ parameters, config: {}, round: 2, seed: 0 }, context);

    const scopes = events.map(({ details }) => details?.aggregationScope).filter(Boolean);
    expect(scopes).toEqual(['round', 'round', 'campaign-final', 'campaign-final']);
  });

  it('tells no end of what failed, and passes the failure on', async () => {
    const { told, events } = observed({
      fit: async () => {
        throw new Error('no memory');
      },
    });
    const fit = told.fit({ parameters, config: {}, round: 1, seed: 0 }, context);

    await expect(fit).rejects.toThrow('no memory');
    expect(events.map(({ stage }) => stage)).toEqual(['downloading_global', 'training']);
  });
});
