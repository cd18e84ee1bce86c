import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The version with FedOps' usual wire, and the newest with `start_server` that installs on Python 3.11. */
export const FLOWER_VERSIONS = ['1.9.0', '1.42.0'];

const DESCRIBE = `import json, platform
from importlib.metadata import version
print(json.dumps({"python": platform.python_version(), **{n: version(n) for n in ("flwr", "grpcio", "numpy", "protobuf")}}))`;

/** Where virtual environments are kept from one run to the next. */
export const defaultCache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fedops-bench');

/** A virtual environment with one version of Flower, made where there is none; its Python and what is in it. */
export function flowerEnvironment(version, { cache, python }) {
  const directory = join(cache, `flower-${version}`);
  const interpreter = join(directory, 'bin', 'python');
  if (!existsSync(interpreter) || describe(interpreter).flwr !== version) {
    console.error(`installing Flower ${version} into ${directory}`);
    run(python, ['-m', 'venv', '--clear', directory]);
    run(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `flwr==${version}`]);
  }
  return { interpreter, versions: describe(interpreter) };
}

function describe(interpreter) {
  const { status, stdout } = spawnSync(interpreter, ['-c', DESCRIBE], { encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout) : {};
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `ended with ${status}`}`);
}
