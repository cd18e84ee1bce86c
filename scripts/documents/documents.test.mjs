import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { claimsOf } from './document-claims.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const documents = [
  ...markdownIn('.'),
  ...markdownIn('docs'),
  ...markdownIn('docs/decisions'),
  ...markdownIn('docs/guides'),
  ...markdownIn('tests/interop'),
  ...['packages', 'apps', 'examples'].flatMap((kind) =>
    readdirSync(join(root, kind)).flatMap((name) => markdownIn(`${kind}/${name}`)),
  ),
];

describe('what the documents say of the project', () => {
  test('is looked at in every document that a newcomer reads', () => {
    expect(documents).toEqual(expect.arrayContaining(['CONTRIBUTING.md', 'SECURITY.md', 'docs/protocol.md']));
  });

  test.each(documents)('%s names files that exist', (document) => {
    const { links, paths } = claimsOf(readFileSync(join(root, document), 'utf8'));
    const targets = [...links.map((link) => join(dirname(document), link)), ...paths];
    expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  test.each(documents)('%s names scripts that exist', (document) => {
    const { scripts: named } = claimsOf(readFileSync(join(root, document), 'utf8'));
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

function markdownIn(folder) {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
    .map((name) => join(folder, name).replaceAll('\\', '/'));
}
