// Runs our parts against the real Flower: makes a Python environment for each release, then runs jest over *.interop.ts.
// Needs Node, Python >= 3.11 and pip, and built packages. What cannot be set up fails; nothing is skipped.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { makePythonEnvironment } from './python-environment.mjs';
import { VERSIONS } from './versions.mjs';

for (const version of VERSIONS) {
  process.stderr.write(`interop: flwr ${version}\n`);
  makePythonEnvironment(version);
}

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const config = fileURLToPath(new URL('jest.config.js', import.meta.url));
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const { status } = spawnSync(
  process.execPath,
  [...flags, jest, '--config', config, '--runInBand', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
