import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FLClientTask } from '@fedops/client-app';
import type { Trainer } from '@fedops/client-session';
import { createFlowerTransport, type FlowerTransportOptions } from '@fedops/flower-transport';
import { silentLogger } from '@fedops/http-service';
import { createParameters } from '@fedops/parameters';
import { afterEach, describe, expect, test } from '@jest/globals';
import { modelOf, SIGNATURE, until } from './federation.js';
import { freePort } from './free-port.js';
import { startPython } from './python-process.js';
import { MAIN_VERSION, VERSIONS } from './versions.mjs';

const tlsFile = (name: string) =>
  fileURLToPath(new URL(`../../packages/client-session/test/fixtures/tls/${name}`, import.meta.url));

/** Adds a step to every element. */
function stepTrainer(step: number, numExamples: number, pause: Promise<void> = Promise.resolve()): Trainer {
  return {
    async fit({ parameters, config }) {
      await pause;
      const tensors = parameters.tensors.map((tensor) =>
        (tensor as Float32Array).map((value) => value + step),
      );
      const metrics = { localEpochs: Number(config.local_epochs), names: parameters.signature.length };
      return { parameters: createParameters(parameters.signature, tensors), numExamples, metrics };
    },
    async evaluate({ parameters }) {
      return { loss: Number(parameters.tensors[0]![0]), numExamples, metrics: { accuracy: 0.75 } };
    },
  };
}

const tasks: FLClientTask[] = [];

afterEach(async () => {
  for (const task of tasks.splice(0)) await task.stop('the test is over');
});

function taskFor(
  port: number,
  clientId: string,
  trainer: Trainer,
  options: Partial<FlowerTransportOptions> = {},
  reconnectForMs = 60_000,
): FLClientTask {
  const task = new FLClientTask(
    {
      taskId: 'task',
      trainer,
      clientId,
      key: 'a key of this client',
      serverUrl: `http://127.0.0.1:${port}`,
      reconnectForMs,
    },
    {
      logger: silentLogger,
      env: {},
      createTransport: ({ baseUrl }) =>
        createFlowerTransport({ address: baseUrl, signature: SIGNATURE, connectMs: 1_000, ...options }),
    },
  );
  tasks.push(task);
  return task;
}

/**
 * Flower's FedAdam after one update of 1, with its η = 0.1, β₁ = 0.9, β₂ = 0.99: m = 0.1 and √v = 0.1, so that a step is
 * η. Later releases than 1.8.0 scale η by √(1 − β₂²) ÷ (1 − β₁²), a float64 of NumPy, which makes the model one.
 */
const FED_ADAM_CORRECTED = {
  firstStep: (0.1 * Math.sqrt(1 - 0.99 ** 2)) / (1 - 0.9 ** 2),
  dtype: 'float64',
};
const FED_ADAM: Readonly<Record<string, typeof FED_ADAM_CORRECTED>> = {
  '1.8.0': { firstStep: 0.1, dtype: 'float32' },
};

describe.each(VERSIONS)('our clients in a server of flwr %s', (version) => {
  test('FedAvg: two tasks that start before the server does', async () => {
    const port = await freePort();
    const ends = [
      taskFor(port, 'one', stepTrainer(1, 1)).flClientStart(),
      taskFor(port, 'two', stepTrainer(5, 1)).flClientStart(),
    ];
    const server = startPython(version, 'flower_server.py', String(port), '--clients', '2');

    const history = await server.told('history');

    for (const end of ends) expect(await end).toMatchObject({ phase: 'finished' });
    expect(await server.ended).toBe(0);
    const models = server.events.filter(({ event }) => event === 'model');
    expect(models.map(({ first }) => (first as number[])[0])).toEqual([0, 3, 6]);
    expect(history).toMatchObject({
      losses: [
        [1, 3],
        [2, 6],
      ],
      fit: {
        localEpochs: [
          [1, 2],
          [2, 2],
        ],
      },
      evaluate: {
        accuracy: [
          [1, 0.75],
          [2, 0.75],
        ],
      },
    });
  });

  test('over TLS, with a CA', async () => {
    const port = await freePort();
    const ca = readFileSync(tlsFile('certificate.pem'));
    const end = taskFor(port, 'one', stepTrainer(1, 1), { ca }).flClientStart();
    const certificate = ['--cert', tlsFile('certificate.pem'), '--key', tlsFile('key.pem')];
    const server = startPython(version, 'flower_server.py', String(port), ...certificate);

    await server.told('history');

    expect(await end).toMatchObject({ phase: 'finished' });
    const models = server.events.filter(({ event }) => event === 'model');
    expect(models.map(({ first }) => (first as number[])[0])).toEqual([0, 1, 2]);
  });

  test('FedAdam, whose models most releases widen between rounds', async () => {
    const port = await freePort();
    const end = taskFor(port, 'one', stepTrainer(1, 1)).flClientStart();
    const server = startPython(
      version,
      'flower_server.py',
      String(port),
      '--strategy',
      'FedAdam',
      '--rounds',
      '3',
    );

    await server.told('history');

    expect(await end).toMatchObject({ phase: 'finished' });
    const models = server.events.filter(({ event }) => event === 'model');
    expect(models.map(({ shapes }) => shapes)).toEqual(Array(4).fill(SIGNATURE.map(({ shape }) => shape)));
    const { firstStep, dtype } = FED_ADAM[version] ?? FED_ADAM_CORRECTED;
    expect(models.map(({ dtypes }) => dtypes)).toEqual([
      ['float32', 'float32'],
      ...Array(3).fill([dtype, dtype]),
    ]);
    const firsts = models.map(({ first }) => (first as number[])[0]!);
    expect(firsts[1]).toBeCloseTo(firstStep, 6);
    expect(firsts[3]).toBeGreaterThan(firsts[2]!);
  });
});

describe('our clients in a server that needs more of them', () => {
  test('give it its initial parameters', async () => {
    const port = await freePort();
    const task = taskFor(port, 'one', stepTrainer(1, 1), { initialParameters: () => modelOf(10) });
    const end = task.flClientStart();
    const server = startPython(MAIN_VERSION, 'flower_server.py', String(port), '--initial', 'client');

    await server.told('history');

    expect(await end).toMatchObject({ phase: 'finished' });
    const models = server.events.filter(({ event }) => event === 'model');
    expect(models.map(({ first }) => (first as number[])[0])).toEqual([10, 11, 12]);
  });
});

describe('a server that is lost', () => {
  test('the task says so, and fails with the reason when the server does not come back', async () => {
    const port = await freePort();
    let release = () => {};
    const pause = new Promise<void>((resolve) => {
      release = resolve;
    });
    const task = taskFor(port, 'one', stepTrainer(1, 1, pause), {}, 2_000);
    const starting = startPython(MAIN_VERSION, 'flower_server.py', String(port));
    await starting.told('model');
    const end = task.flClientStart();
    await until(() => task.state().phase === 'fitting');

    starting.kill();
    await starting.ended;
    release();

    await until(() => {
      const state = task.state();
      return state.phase === 'connecting' && state.lastError !== null;
    });
    expect(task.state()).toMatchObject({ lastError: { code: 'unavailable' } });
    expect(await end).toMatchObject({
      phase: 'failed',
      code: 'unavailable',
      message: expect.stringMatching(/no connection for \d+ s/),
    });
  });

  test('a client that is too slow for the server’s round_timeout hears of it', async () => {
    const port = await freePort();
    const never = new Promise<void>(() => {});
    const task = taskFor(port, 'one', stepTrainer(1, 1, never));
    const server = startPython(MAIN_VERSION, 'flower_server.py', String(port), '--timeout', '2');
    await server.told('model');
    void task.flClientStart();

    await until(() => task.state().phase === 'fitting');
    await until(() => {
      const state = task.state();
      return (
        state.phase === 'connecting' && /Timeout of 2.0sec was exceeded/.test(state.lastError?.message ?? '')
      );
    });
  });
});
