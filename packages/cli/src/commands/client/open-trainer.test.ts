import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { openTrainer } from './open-trainer.js';
import { SAMPLE, samplePart } from './sample-part.js';

const nobody = { trainer: undefined, command: [], sample: undefined, trainerData: undefined };

test.each([
  ['nobody', nobody],
  ['a program and the sample', { ...nobody, command: ['python3'], sample: 'digits' }],
  ['a module and a program', { ...nobody, trainer: '/t.js', command: ['python3'] }],
])('it is an error that %s trains', async (_, choice) => {
  const error = await openTrainer(choice).catch(FedOpsError.from);
  expect(error).toMatchObject({ code: 'invalid-argument' });
});

test('the sample is all digits, or one part of several', () => {
  expect(samplePart('digits')).toEqual({ part: 1, of: 1 });
  expect(samplePart('digits:3/4')).toEqual({ part: 3, of: 4 });
  expect(['digits:', 'digits:1', 'letters', 'digits:1/4x'].some((words) => SAMPLE.test(words))).toBe(false);
});
