// Packs every published package and looks at the tarballs the way a user meets them: contents, publint, attw, and
// @fedops/client-api alone in an empty folder.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { clientApiAloneFaults } from './pack/alone.mjs';
import { npm, run } from './pack/npm.mjs';
import { tarballFaults } from './pack/tarball-faults.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
const folders = readdirSync(join(root, 'packages')).filter((name) => !isPrivate(manifestOf(name)));
const licence = readFileSync(join(root, 'LICENSE'), 'utf8');
let failed = 0;

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
}

function isPrivate(manifest) {
  return manifest.private === true;
}

function report(what, faults) {
  console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${what}`);
  for (const fault of faults) console.log(`       ${fault.replaceAll('\n', '\n       ')}`);
  failed += faults.length === 0 ? 0 : 1;
}

async function publintFaults(manifest, tarball) {
  const bytes = new Uint8Array(readFileSync(tarball));
  const { messages } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  return messages.map((message) => formatMessage(message, manifest, { color: false }));
}

function attwFaults(tarball) {
  try {
    run([attw, tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', '--no-color'], root);
    return [];
  } catch ({ message }) {
    return [message];
  }
}

const temporary = mkdtempSync(join(tmpdir(), 'fedops-pack-'));
try {
  const selected = folders.flatMap((name) => ['--workspace', `packages/${name}`]);
  const packed = JSON.parse(npm(['pack', '--json', '--pack-destination', temporary, ...selected], root));
  const tarballOf = new Map();
  for (const folder of folders) {
    const manifest = manifestOf(folder);
    const { filename, files } = packed.find(({ name }) => name === manifest.name);
    const tarball = join(temporary, filename);
    tarballOf.set(folder, tarball);
    report(`${manifest.name}: contents`, [
      ...tarballFaults(files.map(({ path }) => path)),
      ...(readLicence(folder) === licence ? [] : ['its LICENSE is not that of the root']),
    ]);
    report(`${manifest.name}: publint`, await publintFaults(manifest, tarball));
    report(`${manifest.name}: attw`, attwFaults(tarball));
  }
  const alone = mkdtempSync(join(temporary, 'alone-'));
  report(
    '@fedops/client-api alone, by import and by require',
    await clientApiAloneFaults(alone, [tarballOf.get('shared-types'), tarballOf.get('client-api')]),
  );
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
console.log(failed === 0 ? 'pack check: all well' : `pack check: ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function readLicence(folder) {
  try {
    return readFileSync(join(root, 'packages', folder, 'LICENSE'), 'utf8');
  } catch {
    return '';
  }
}
