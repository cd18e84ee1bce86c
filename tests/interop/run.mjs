// Runs our parts against the real Flower: makes a Python environment for each release, then runs jest over *.interop.ts
// and compares docs/compatibility.md with what came of it; with --write the table there is written anew. Other
// arguments are jest's: a run of some tests leaves the table alone.
// Needs Node, Python >= 3.11 and pip, and built packages. What cannot be set up fails; nothing is skipped.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compatibilityTable, withTable } from './compatibility-table.mjs';
import { ENVIRONMENTS, makePythonEnvironment } from './python-environment.mjs';
import { VERSIONS } from './versions.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const DOCUMENT = here('../../docs/compatibility.md');

const args = process.argv.slice(2);
const isWriting = args.includes('--write');
const jestArgs = args.filter((arg) => arg !== '--write');

for (const environment of ENVIRONMENTS) {
  process.stderr.write(`interop: ${environment.name}\n`);
  makePythonEnvironment(environment);
}

const folder = mkdtempSync(join(tmpdir(), 'fedops-interop-'));
try {
  process.exitCode = runJest(join(folder, 'report.json'));
  if (jestArgs.length === 0) keepTable(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
} finally {
  rmSync(folder, { recursive: true });
}

function runJest(reportPath) {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const options = ['--config', here('jest.config.js'), '--runInBand', '--json', '--outputFile', reportPath];
  const { status } = spawnSync(process.execPath, [...flags, jest, ...options, ...jestArgs], {
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(reportPath, 'utf8'),
  );
  process.stdout.write(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed\n`);
  return status ?? 1;
}

function keepTable(report) {
  const document = readFileSync(DOCUMENT, 'utf8');
  const current = withTable(document, compatibilityTable(VERSIONS, report));
  if (current === document) return;
  if (isWriting) return writeFileSync(DOCUMENT, current);
  process.stderr.write('docs/compatibility.md differs from what the tests found; write it with --write\n');
  process.exitCode = 1;
}
