import { expect, test } from '@jest/globals';
import { createTrainer } from './trainer.js';
import { initialParameters } from './two-nn.js';

const client = { role: 'client', clients: 3, client: 0, partition: { kind: 'iid' }, seed: 1 };
const context = { signal: new AbortController().signal, progress: () => {} };

test('a client learns real digits, as the examiner confirms on the test images', async () => {
  const trainer = await createTrainer(client);
  const examiner = await createTrainer({ role: 'examiner' });
  const work = { round: 1, seed: 1, config: { batchSize: 10, learningRate: 0.1, maxExamples: 2_000 } };

  const update = await trainer.fit({ ...work, parameters: initialParameters(1) }, context);
  const measured = await examiner.evaluate({ ...work, parameters: update.parameters }, context);

  expect(update.numExamples).toBe(2_000);
  expect(measured.numExamples).toBe(10_000);
  expect(measured.metrics.accuracy).toBeGreaterThan(0.75);
});

test('a client holds its share of the training images', async () => {
  const trainer = await createTrainer({ ...client, clients: 1_000, client: 999 });

  const work = { parameters: initialParameters(1), round: 1, seed: 1, config: {} };
  await expect(trainer.evaluate(work, context)).resolves.toMatchObject({ numExamples: 60 });
});

test.each([
  ['nothing', undefined, '(whole)'],
  ['another role', { role: 'spectator' }, 'role'],
  ['a client beyond the last', { ...client, client: 3 }, 'client'],
  ['another partition', { ...client, partition: { kind: 'even' } }, 'partition.kind'],
  ['no seed', { ...client, seed: undefined }, 'seed'],
])('refuses %s, naming the field', async (_, data, field) => {
  await expect(createTrainer(data)).rejects.toMatchObject({
    code: 'invalid-argument',
    details: { fields: [{ field }] },
  });
});
