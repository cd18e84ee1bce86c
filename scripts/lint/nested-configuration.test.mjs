import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Configurations below the root: an `includes` of their own puts the root's out of force. */
const nested = ['packages', 'apps', 'examples', 'tests']
  .flatMap((kind) => readdirSync(`${root}${kind}`).map((name) => `${kind}/${name}/biome.json`))
  .filter((path) => existsSync(root + path));

test.each(nested)('%s leaves out Markdown, such as the changelogs that a release writes', (path) => {
  const { files } = JSON.parse(readFileSync(root + path, 'utf8'));
  expect(files?.includes ?? ['!**/*.md']).toContain('!**/*.md');
});
