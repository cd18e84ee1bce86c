// Brings a fresh clone to the point where everything runs: dependencies as locked, then a build of all packages.
// Needs nothing but Node and npm; quick when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const lock = 'package-lock.json';
const installed = 'node_modules/.package-lock.json';

function fail(reason) {
  console.error(`setup: ${reason}`);
  process.exit(1);
}

/** Its output is shown where it fails; a build that had nothing to do is not worth a screen. */
function run(what, args) {
  console.error(`setup: ${what}`);
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return;
  console.error(`${stdout ?? ''}${stderr ?? ''}`);
  fail(`${what} failed${error === undefined ? '' : `: ${error.message}`}`);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node 20.19 or later is needed, this is ${process.versions.node}`);
}

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  const npm = process.env.npm_execpath;
  if (npm === undefined) fail('call it through npm: npm run setup');
  run('npm ci', [npm, 'ci']);
}
run('build', ['scripts/turbo.mjs', 'run', 'build', '--output-logs=errors-only']);
