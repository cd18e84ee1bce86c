// Makes the same models on every Node that we support, and compares their SHA-256 with the pinned ones.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSIONS = ['20', '22', '24'];
/** Of arrival of the same updates, on each Node. */
const ORDERS = 1000;
const FIXTURE = new URL('../packages/server/test/determinism/', import.meta.url);

const cache = process.env.FEDOPS_NODE_CACHE ?? join(tmpdir(), 'fedops-node-matrix');
const pinned = JSON.parse(readFileSync(new URL('digests.json', FIXTURE), 'utf8'));

/** Path of this Node, installed by npm into a folder of its own where it is not there yet. */
function installed(version) {
  const directory = join(cache, version);
  mkdirSync(directory, { recursive: true });
  const manifest = { private: true, allowScripts: { node: true } };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
  const binary = join(
    directory,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (spawnSync(binary, ['--version']).status === 0) return binary;
  const install = ['install', '--no-audit', '--no-fund', `node@${version}`];
  const { status } = spawnSync('npm', install, {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm could not install node@${version}`);
  return binary;
}

/** What is wrong with the models that this Node makes; undefined where nothing is. */
function faultOf(binary) {
  const script = fileURLToPath(new URL('digests.mjs', FIXTURE));
  const { status, stdout, stderr } = spawnSync(binary, [script, String(ORDERS)], { encoding: 'utf8' });
  if (status !== 0) return stderr;
  const digests = JSON.parse(stdout);
  const differing = Object.keys(pinned).filter((name) => digests[name] !== pinned[name]);
  return differing.length === 0
    ? undefined
    : differing.map((name) => `${name}: expected ${pinned[name]}, got ${digests[name]}`).join('; ');
}

let failed = 0;
for (const version of VERSIONS) {
  const binary = installed(version);
  const exact = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim();
  const fault = faultOf(binary);
  if (fault !== undefined) failed += 1;
  console.log(`${exact}: ${fault ?? `the pinned models, FedAvg's in ${ORDERS} orders of arrival`}`);
}
console.log(`${VERSIONS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
