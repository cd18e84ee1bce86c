import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Python environments are kept between runs: FEDOPS_INTEROP_DIR, or a folder of the user's cache. */
export function interopDirectory(env = process.env) {
  const cache = env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return env.FEDOPS_INTEROP_DIR ?? join(cache, 'fedops-interop');
}

/** The interpreter of the environment that has this release of Flower. */
export function pythonOf(version) {
  const binaries = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  return join(interopDirectory(), `flwr-${version}`, ...binaries);
}

/**
 * Makes the environment with this release of Flower, unless it is there; throws with what pip said where that fails.
 * FEDOPS_PYTHON names the Python (3.11 or later) to make it with.
 */
export function makePythonEnvironment(version, env = process.env) {
  const directory = join(interopDirectory(env), `flwr-${version}`);
  const complete = join(directory, 'complete');
  if (existsSync(complete)) return;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(interopDirectory(env), { recursive: true });
  run(env.FEDOPS_PYTHON ?? 'python3', ['-m', 'venv', directory]);
  run(pythonOf(version), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    `flwr==${version}`,
  ]);
  writeFileSync(complete, '');
}

function run(command, args) {
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
