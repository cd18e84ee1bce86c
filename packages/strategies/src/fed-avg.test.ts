import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { fedAvg } from './fed-avg.js';
import { fedAvgM } from './fed-avg-m.js';

describe('what clients are told', () => {
  it.each([
    ['fedAvg', fedAvg],
    ['fedAvgM', (settings: Parameters<typeof fedAvg>[0]) => fedAvgM({ momentum: 0.9, ...settings })],
  ])('is the same in every round or made from it: %s', (_name, make) => {
    const fixed = make({ fitConfig: { localEpochs: 2 }, evaluateConfig: { batchSize: 8 } });
    expect([fixed.configureFit(1), fixed.configureFit(7)]).toEqual([{ localEpochs: 2 }, { localEpochs: 2 }]);
    expect(fixed.configureEvaluate(3)).toEqual({ batchSize: 8 });
    const changing = make({ fitConfig: (round) => ({ learningRate: 1 / round }) });
    expect(changing.configureFit(4)).toEqual({ learningRate: 0.25 });
    expect(make({}).configureEvaluate(1)).toEqual({});
  });
});

describe('fedAvgM', () => {
  it.each([
    { momentum: -0.1 },
    { momentum: 1 },
    { momentum: Number.NaN },
    { momentum: 0.9, serverLearningRate: 0 },
    { momentum: 0.9, serverLearningRate: -1 },
    { momentum: 0.9, serverLearningRate: Number.POSITIVE_INFINITY },
  ])('refuses %j', (settings) => {
    let thrown: unknown;
    try {
      fedAvgM(settings);
    } catch (error) {
      thrown = error;
    }
    expect(FedOpsError.is(thrown) && thrown.code).toBe('invalid-argument');
  });

  it('tells its settings as plain data, with the default in place', () => {
    expect(fedAvgM({ momentum: 0.5 }).settings).toEqual({ momentum: 0.5, serverLearningRate: 1 });
  });
});
