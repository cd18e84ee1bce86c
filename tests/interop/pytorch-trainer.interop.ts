import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { runExample } from './example-process.js';
import { MODEL_FILES, pythonIn } from './python-environment.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = new URL('../../examples/pytorch-trainer/README.md', import.meta.url);

/** The Python that the README has its reader make. */
const READERS_PYTHON = '.fedops/venv/bin/python';

/** Runs a command of the README with another Python; resolves with the accuracy in percent after each round. */
async function accuracies(command: string, python: string, ...more: string[]): Promise<readonly number[]> {
  const readme = await readFile(README, 'utf8');
  expect(readme.split('\n')).toContain(command);
  const [program, ...args] = command.split(' ').map((word) => (word === READERS_PYTHON ? python : word));
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
