// Runs our parts against the real Flower: makes a Python environment for each release, then runs jest over *.interop.ts
// and compares docs/compatibility.md with what came of it; with --write the table there is written anew. Other
// arguments are jest's: a run of some tests leaves the table alone.
// Needs Node, Python 3.11 or later with venv and pip, and built packages. What cannot be set up fails; nothing is skipped.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compatibilityTable, withTable } from './compatibility-table.mjs';
import { ENVIRONMENTS, makePythonEnvironment } from './python-environment.mjs';
import { findPython } from './python-release.mjs';
import { VERSIONS } from './versions.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const DOCUMENT = here('../../docs/compatibility.md');

const args = process.argv.slice(2);
const isWriting = args.includes('--write');
const jestArgs = args.filter((arg) => arg !== '--write');

const folder = mkdtempSync(join(tmpdir(), 'fedops-interop-'));
const result = { passed: 0, failed: 0 };
try {
  for (const environment of ENVIRONMENTS) {
    process.stderr.write(`interop: ${environment.name}\n`);
    makePythonEnvironment(environment);
  }
  const report = runJest(join(folder, 'report.json'));
  result.passed = report.numPassedTests;
  result.failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  if (jestArgs.length === 0) {
    result.failed += saidOfLeftOut(report);
    if (!isTableKept(report)) result.failed++;
  }
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  result.failed++;
} finally {
  rmSync(folder, { recursive: true });
}
if (result.failed > 0) process.exitCode = 1;
process.stdout.write(`${result.passed} passed, ${result.failed} failed\n`);

/** What jest reports; throws where it came to no report, or failed without a failed test. */
function runJest(reportPath) {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const options = ['--config', here('jest.config.js'), '--runInBand', '--json', '--outputFile', reportPath];
  const { status } = spawnSync(process.execPath, [...flags, jest, ...options, ...jestArgs], {
    env: { ...process.env, FEDOPS_PYTHON: findPython().command },
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  const report = JSON.parse(readFileSync(reportPath, 'utf8'));
  if (status !== 0 && report.success) throw new Error(`jest ended with ${status}`);
  return report;
}

/** How many tests were left out, by `skip`, `only` or `todo`; each is named on stderr. */
function saidOfLeftOut(report) {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const leftOut = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  for (const { fullName, status } of leftOut) process.stderr.write(`${status}: ${fullName}\n`);
  return leftOut.length;
}

/** Whether the document has the table that came of the tests; with --write it has, after this. */
function isTableKept(report) {
  const document = readFileSync(DOCUMENT, 'utf8');
  const current = withTable(document, compatibilityTable(VERSIONS, report));
  if (current === document) return true;
  if (isWriting) writeFileSync(DOCUMENT, current);
  else
    process.stderr.write('docs/compatibility.md differs from what the tests found; write it with --write\n');
  return isWriting;
}
