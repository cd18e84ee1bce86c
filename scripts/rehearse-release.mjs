// Two releases in a copy that is thrown away: what the notes say becomes versions, changelogs and ranges that fit
// together, and the second release leaves no user of a package behind. Publishes nothing.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import semver from 'semver';

const root = fileURLToPath(new URL('..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'fedops-release-'));
const problems = [];
try {
  run('git', ['clone', '--quiet', root, '.']);
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');

  const before = packages();
  release();
  const first = packages();

  writeFileSync(
    join(copy, '.changeset/rehearsed.md'),
    "---\n'@fedops/shared-types': minor\n---\n\nRehearsed.\n",
  );
  release();
  const second = packages();
  const name = '@fedops/shared-types';
  const expected = semver.inc(versionOf(first, name), 'minor');
  if (versionOf(second, name) !== expected) {
    problems.push(`${name}: expected ${expected} after a minor, got ${versionOf(second, name)}`);
  }
  for (const user of second.filter(({ dependencies }) => name in dependencies)) {
    if (!semver.gt(user.version, versionOf(first, user.name)))
      problems.push(`${user.name} uses ${name} and got no patch`);
  }
  run(process.execPath, [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'ci', '--colors=off', '.']);
  for (const { name, version } of second)
    console.log(`${name} ${versionOf(before, name)} -> ${versionOf(first, name)} -> ${version}`);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}

/** Turns the notes into versions, and looks at what came of them. */
function release() {
  run(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version']);
  const left = readdirSync(join(copy, '.changeset')).filter(
    (name) => name.endsWith('.md') && name !== 'README.md',
  );
  if (left.length > 0) problems.push(`notes that no release took: ${left.join(', ')}`);
  const now = packages();
  for (const { name, version, changelog, dependencies } of now) {
    if (!changelog.includes(`\n## ${version}\n`))
      problems.push(`${name}: its changelog says nothing of ${version}`);
    for (const [used, range] of Object.entries(dependencies)) {
      const found = versionOf(now, used);
      if (!semver.satisfies(found, range))
        problems.push(`${name} asks for ${used} ${range}, which is ${found}`);
    }
  }
}

/** The published packages of the copy, with what they use of each other. */
function packages() {
  return readdirSync(join(copy, 'packages')).map((folder) => {
    const path = join(copy, 'packages', folder);
    const { name, version, dependencies = {} } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const ours = Object.fromEntries(
      Object.entries(dependencies).filter(([used]) => used.startsWith('@fedops/')),
    );
    return { name, version, dependencies: ours, changelog: changelogIn(path) };
  });
}

function changelogIn(path) {
  try {
    return readFileSync(join(path, 'CHANGELOG.md'), 'utf8');
  } catch {
    return '';
  }
}

function versionOf(all, name) {
  return all.find((one) => one.name === name)?.version;
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(
    `${command} ${args.join(' ')} ended with ${status}: ${error?.message ?? ''}${stdout}${stderr}`,
  );
}
