import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { FEDOPS_VERSION, MAIN_VERSION, NUMPY_VERSION, SAFETENSORS_VERSION, VERSIONS } from './versions.mjs';

/** The environment that writes and reads model files. */
export const MODEL_FILES = 'model-files';

/**
 * The environments that the tests need: `name`, and what pip installs, one list of arguments for each call. What FedOps
 * asks for beside this is stubbed by `python/fedops_stubs`.
 */
export const ENVIRONMENTS = [
  ...VERSIONS.map((version) => ({ name: `flwr-${version}`, installs: [[`flwr==${version}`]] })),
  {
    name: `fedops-${FEDOPS_VERSION}`,
    installs: [
      [`flwr==${MAIN_VERSION}`, 'fastapi==0.115.14', 'uvicorn==0.34.3', 'requests==2.32.5'],
      ['--no-deps', `fedops==${FEDOPS_VERSION}`],
    ],
  },
  { name: MODEL_FILES, installs: [[`numpy==${NUMPY_VERSION}`, `safetensors==${SAFETENSORS_VERSION}`]] },
];

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

/** flwr 1.8.0 needs NumPy below 2, which has no wheels for later Pythons. */
const PYTHONS = ['3.11', '3.12'];

/**
 * A Python to make environments with: what FEDOPS_PYTHON names, else the first of these releases on the path. Throws
 * where there is none.
 */
export function findPython(env = process.env) {
  const candidates = env.FEDOPS_PYTHON
    ? [env.FEDOPS_PYTHON]
    : ['python3', ...PYTHONS.map((version) => `python${version}`), 'python'];
  const program = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const found = candidates.map((name) => {
    const { status, stdout } = spawnSync(name, ['-c', program], { encoding: 'utf8' });
    return { name, version: status === 0 ? stdout.trim() : 'none' };
  });
  const suitable = found.find(({ version }) => PYTHONS.includes(version));
  if (suitable !== undefined) return suitable.name;
  const seen = found.map(({ name, version }) => `${name}: ${version}`).join(', ');
  throw new Error(`expected Python ${PYTHONS.join(' or ')}, found ${seen}; FEDOPS_PYTHON names another`);
}

/**
 * Makes an environment, unless it is there as it is asked for; throws with what pip said where that fails. Nothing is
 * built: a release without a wheel for this Python is refused.
 */
export function makePythonEnvironment({ name, installs }, env = process.env) {
  const directory = join(interopDirectory(env), name);
  const complete = join(directory, 'complete');
  const recipe = JSON.stringify(installs);
  if (existsSync(complete) && readFileSync(complete, 'utf8') === recipe) return;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(interopDirectory(env), { recursive: true });
  run(findPython(env), ['-m', 'venv', directory]);
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-input',
    '--disable-pip-version-check',
    '--only-binary=:all:',
  ];
  for (const install of installs) run(pythonIn(name, env), [...pip, ...install]);
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
