// Brings a fresh clone to the point where everything runs: dependencies as locked, then a build of all packages.
// Needs nothing but Node and npm; quick when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const lock = 'package-lock.json';
const installed = 'node_modules/.package-lock.json';

function run(what, args) {
  const { status, error } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  });
  if (status === 0) return;
  console.error(`setup: ${what} failed${error ? `: ${error.message}` : ''}`);
  process.exit(1);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`setup: Node 20.19 or later is needed, this is ${process.versions.node}`);
  process.exit(1);
}

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  const npm = process.env.npm_execpath;
  if (npm === undefined) {
    console.error('setup: call it through npm: npm run setup');
    process.exit(1);
  }
  run('npm ci', [npm, 'ci']);
}
run('build', ['node_modules/turbo/bin/turbo', 'run', 'build', '--output-logs=errors-only', '--no-update-notifier']);
