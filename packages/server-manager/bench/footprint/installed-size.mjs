import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/**
 * Packs every published package and installs each in an empty folder, from the tarballs of ours that it needs.
 *
 * @param only Names of packages, with or without `@fedops/`; all where it is not given.
 * @returns For each: its own bytes, the bytes of all that was installed, and how many packages these are.
 */
export function installedSizes(only) {
  const manifests = readdirSync(join(root, 'packages'))
    .map((folder) => JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')))
    .filter((manifest) => manifest.private !== true);
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  const selected = manifests.filter(({ name }) => only?.some((one) => name.endsWith(one)) ?? true);
  const temporary = mkdtempSync(join(tmpdir(), 'fedops-footprint-'));
  try {
    const workspaces = manifests.flatMap(({ name }) => ['--workspace', name]);
    const packed = JSON.parse(npm(['pack', '--json', '--pack-destination', temporary, ...workspaces], root));
    const tarballOf = new Map(packed.map(({ name, filename }) => [name, join(temporary, filename)]));
    return selected.map(({ name }) => {
      const folder = join(temporary, name.replace('/', '_'));
      const tarballs = [...oursFor(name, byName)].map((needed) => tarballOf.get(needed));
      return { name, ...install(folder, name, tarballs) };
    });
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** A package and all of ours that it needs. */
function oursFor(name, byName, found = new Set()) {
  if (found.has(name) || !byName.has(name)) return found;
  found.add(name);
  const { dependencies = {}, peerDependencies = {} } = byName.get(name);
  for (const needed of Object.keys({ ...dependencies, ...peerDependencies })) oursFor(needed, byName, found);
  return found;
}

function install(folder, name, tarballs) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true }));
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', ...tarballs], folder);
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const installed = Object.keys(packages).filter((path) => path !== '' && isThere(join(folder, path)));
  return {
    ownBytes: bytesIn(join(folder, 'node_modules', name)),
    allBytes: bytesIn(join(folder, 'node_modules')),
    packages: installed.length,
  };
}

/** Packages for other platforms stand in the lock file only. */
function isThere(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Bytes of all files below a directory. */
function bytesIn(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Runs the npm that runs this script, and returns what it printed. */
function npm(args, cwd) {
  const path = process.env.npm_execpath;
  if (path === undefined) throw new Error('run this script by npm, which says where it is itself');
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}
