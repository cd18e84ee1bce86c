import { createParameters } from '@fedops/parameters';
import { describe, expect, it } from '@jest/globals';
import { evaluationBegins, fitBegins } from './runtime-event.js';

const parameters = createParameters([{ name: 'w', shape: [], dtype: 'float32' }], [new Float32Array(1)]);
const begin = (round: number, version: number, config = {}) =>
  fitBegins({ parameters, config, round, seed: 0 }, { version, rounds: 3 });

describe('the events of a fit', () => {
  it.each([
    [1, 1, { modelRole: 'initiative', targetGlobalModelVersion: 1 }],
    [1, 5, { modelRole: 'global', globalModelVersion: 4, targetGlobalModelVersion: 5 }],
    [2, 5, { modelRole: 'round-aggregate', sourceRound: 1, modelLabel: 'Round 1 Aggregate' }],
  ])('name what round %i of the run for V%i begins with', (round, version, details) => {
    expect(begin(round, version)[0]).toMatchObject({ stage: 'downloading_global', round, details });
  });

  it.each([
    { batchSize: 8, localEpochs: 2 },
    { batch_size: 8, local_epochs: 2 },
  ])('name epochs and batch of the config %j', (config) => {
    expect(begin(1, 1, config)[1]).toMatchObject({ details: { training: { batchSize: 8, localEpochs: 2 } } });
  });
});

describe('the events of an evaluation', () => {
  it('call the aggregate of the last round alone a version', () => {
    const target = { version: 5, rounds: 3 };
    expect(evaluationBegins(2, target).details).toMatchObject({
      modelRole: 'round-aggregate',
      aggregationScope: 'round',
    });
    expect(evaluationBegins(3, target).details).toMatchObject({
      modelRole: 'global',
      modelLabel: 'Global Model v5',
      aggregationScope: 'campaign-final',
    });
  });
});
