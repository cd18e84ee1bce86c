import { readFile } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandTrainer } from '@fedops/command-trainer';
import { createParameters } from '@fedops/parameters';
import { describe, expect, test } from '@jest/globals';
import { runExample } from './example-process.js';
import { MODEL_FILES, pythonIn } from './python-environment.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = new URL('../../examples/pytorch-trainer/README.md', import.meta.url);

/** The Python that the README has its reader make. */
const READERS_PYTHON = '.fedops/venv/bin/python';

/** Runs a command of the README with another Python, named by its path from the root as there; resolves with the accuracy in percent after each round. */
async function accuracies(command: string, python: string, ...more: string[]): Promise<readonly number[]> {
  const readme = await readFile(README, 'utf8');
  const interpreter = isAbsolute(python) ? relative(ROOT, python) : python;
  expect(readme.split('\n')).toContain(command);
  const [program, ...args] = command.split(' ').map((word) => (word === READERS_PYTHON ? interpreter : word));
  expect(program).toBe('node');
  const printed = await runExample(ROOT, process.execPath, [...args, ...more]);
  expect(printed.trim().split('\n').at(-1)).toBe('published V1');
  return [...printed.matchAll(/^round \d+: accuracy ([\d.]+) %/gm)].map(([, percent]) => Number(percent));
}

/** Six rounds, better and better, and far beyond the half that a client knows. */
function expectLearning(measured: readonly number[]): void {
  expect(measured).toHaveLength(6);
  expect(measured.at(-1)).toBeGreaterThan(75);
  expect(measured.at(-1)! - measured[0]!).toBeGreaterThan(8);
}

const WITH_PYTORCH = `node examples/pytorch-trainer/dist/main.js --python ${READERS_PYTHON}`;
const WITH_NUMPY = `${WITH_PYTORCH} --script train_numpy.py`;

describe('the example with a program as trainer learns, as its README says', () => {
  test.each(['npz', 'safetensors'])('with NumPy, parameters as %s', async (format) => {
    expectLearning(await accuracies(WITH_NUMPY, pythonIn(MODEL_FILES), '--format', format));
  });

  const pytorch = process.env.FEDOPS_PYTORCH;
  const used =
    pytorch === undefined
      ? 'NumPy alone: FEDOPS_PYTORCH names no Python'
      : `NumPy, and PyTorch of ${pytorch}`;
  process.stderr.write(`pytorch-trainer: with ${used}\n`);
  if (pytorch !== undefined) {
    test('with PyTorch', async () => expectLearning(await accuracies(WITH_PYTORCH, pytorch)), 600_000);
  }
});

test('the scripts are sound Python, the one with PyTorch too', async () => {
  const check =
    'import ast, sys; [ast.parse(open(path).read(), path) for path in sys.argv[1:]]; print("sound")';
  const scripts = ['original.py', 'train.py', 'train_numpy.py', 'fedops_task.py'];
  const paths = scripts.map((name) => `examples/pytorch-trainer/python/${name}`);

  expect(await runExample(ROOT, pythonIn(MODEL_FILES), ['-c', check, ...paths])).toBe('sound\n');
});

const HELPER = fileURLToPath(new URL('../../packages/command-trainer/python/', import.meta.url));

/** A trainer whose program is this Python code, with the helper that the package brings. */
function pythonTrainer(code: string, format: 'npz' | 'safetensors') {
  const command = [pythonIn(MODEL_FILES), '-c', code];
  return commandTrainer({ command, format, env: { PYTHONPATH: HELPER, PYTHONDONTWRITEBYTECODE: '1' } });
}

const CONTEXT = { signal: new AbortController().signal, progress: () => undefined };

function anInput() {
  const parameters = createParameters(
    [
      { name: 'layer.weight', shape: [2, 3], dtype: 'float32' },
      { name: 'scale', shape: [], dtype: 'float64' },
      { name: 'steps', shape: [], dtype: 'int64' },
      { name: 'order', shape: [3], dtype: 'int32' },
      { name: 'mask', shape: [2], dtype: 'bool' },
      { name: 'bytes', shape: [0], dtype: 'uint8' },
    ],
    [
      Float32Array.of(1, 2, 3, 4, 5, 6),
      Float64Array.of(0.1),
      BigInt64Array.of(2n ** 53n + 1n),
      Int32Array.of(3, 1, 2),
      Uint8Array.of(1, 0),
      new Uint8Array(0),
    ],
  );
  return { parameters, config: { localEpochs: 1 }, round: 4, seed: 9 };
}

describe.each(['npz', 'safetensors'] as const)('the helper for Python, with %s', (format) => {
  test('brings every kind of tensor there and back, however it lies in memory', async () => {
    const code = `
import numpy
from fedops_task import Task
task = Task()
tensors = dict(reversed(task.parameters().items()))
tensors["layer.weight"] = numpy.asfortranarray(tensors["layer.weight"])
task.fitted(tensors, num_examples=7, seed=task.seed, round=task.round, epochs=task.config["localEpochs"])
`;
    const { parameters } = anInput();

    const output = await pythonTrainer(code, format).fit(anInput(), CONTEXT);

    expect(output).toEqual({ parameters, numExamples: 7, metrics: { seed: 9, round: 4, epochs: 1 } });
  });

  test('lets a tensor of another type be refused by name', async () => {
    const code = `
from fedops_task import Task
task = Task()
tensors = task.parameters()
tensors["layer.weight"] = tensors["layer.weight"].astype("float64")
task.fitted(tensors, num_examples=7)
`;
    await expect(pythonTrainer(code, format).fit(anInput(), CONTEXT)).rejects.toMatchObject({
      code: 'bad-response',
      message: `result.${format}: tensor layer.weight: expected float32[2, 3], got float64[2, 3]`,
    });
  });
});

test('the helper refuses a loss that is no number, in words of Python', async () => {
  const code = 'from fedops_task import Task; Task().evaluated(float("nan"), num_examples=1)';

  await expect(pythonTrainer(code, 'npz').evaluate(anInput(), CONTEXT)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('ValueError'),
    cause: { message: expect.stringContaining('Traceback') },
  });
});
