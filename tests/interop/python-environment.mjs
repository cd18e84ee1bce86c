import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython, hasNumpy1 } from './python-release.mjs';
import { FEDOPS_VERSION, MAIN_VERSION, NUMPY_VERSION, SAFETENSORS_VERSION, VERSIONS } from './versions.mjs';

/** The environment that writes and reads model files. */
export const MODEL_FILES = 'model-files';

/** The release whose authors ask for NumPy below 2. */
const WITH_NUMPY_1 = '1.8.0';

/** What that release asks for beside NumPy; python/constraints has the releases. */
const BESIDE_NUMPY = [
  'cryptography',
  'grpcio',
  'iterators',
  'protobuf',
  'pycryptodome',
  'tomli',
  'typer[all]',
];

/**
 * The environments that the tests need: `name`, and what pip installs for a release of Python, one list of arguments
 * for each call. `python/constraints/NAME.txt` says in which release everything comes that these ask for. What FedOps
 * asks for beside this is stubbed by `python/fedops_stubs`.
 */
export const ENVIRONMENTS = [
  ...VERSIONS.map((version) => ({
    name: `flwr-${version}`,
    installs: (release) => flowerInstalls(version, release),
  })),
  {
    name: `fedops-${FEDOPS_VERSION}`,
    installs: () => [
      [`flwr==${MAIN_VERSION}`, 'fastapi', 'uvicorn', 'requests', 'omegaconf', 'optuna'],
      ['--no-deps', `fedops==${FEDOPS_VERSION}`],
    ],
  },
  {
    name: MODEL_FILES,
    installs: () => [[`numpy==${NUMPY_VERSION}`, `safetensors==${SAFETENSORS_VERSION}`]],
  },
];

/** With a Python that has no NumPy below 2, NumPy 2 beside a release that does not know it (`python/numpy_names.py`). */
function flowerInstalls(version, release) {
  if (version !== WITH_NUMPY_1 || hasNumpy1(release)) return [[`flwr==${version}`]];
  return [
    [`numpy==${NUMPY_VERSION}`, ...BESIDE_NUMPY],
    ['--no-deps', `flwr==${version}`],
  ];
}

/** Where Python environments are kept between runs: FEDOPS_INTEROP_DIR, or a folder of the user's cache. */
export function interopDirectory(env = process.env) {
  const cache = env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return env.FEDOPS_INTEROP_DIR ?? join(cache, 'fedops-interop');
}

/** The interpreter of an environment. */
export function pythonIn(name, env = process.env) {
  const binaries = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  return join(interopDirectory(env), name, ...binaries);
}

/** The interpreter of the environment that has this release of Flower. */
export function pythonOf(version) {
  return pythonIn(`flwr-${version}`);
}

const PIP = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];

/**
 * Makes an environment, unless it is there as it is asked for; throws with what pip said where that fails. Nothing is
 * built: a release without a wheel for this Python is refused.
 */
export function makePythonEnvironment({ name, installs }, env = process.env) {
  const directory = join(interopDirectory(env), name);
  const complete = join(directory, 'complete');
  const constraints = fileURLToPath(new URL(`python/constraints/${name}.txt`, import.meta.url));
  const { command, release } = findPython(env);
  const calls = installs(release);
  const recipe = JSON.stringify({ release, calls, constraints: readFileSync(constraints, 'utf8') });
  if (existsSync(complete) && readFileSync(complete, 'utf8') === recipe) return;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(interopDirectory(env), { recursive: true });
  run(command, ['-m', 'venv', directory]);
  for (const call of calls)
    run(pythonIn(name, env), [...PIP, '--only-binary=:all:', '--constraint', constraints, ...call]);
  writeFileSync(complete, recipe);
}

function run(command, args) {
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
