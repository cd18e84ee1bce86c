import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { publicNamesOf } from './public-names.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('a public name', () => {
  test.each([
    ['a function', '/** Adds. */\nexport function add() {}\n'],
    ['an asynchronous function', '/** Adds. */\nexport async function add() {}\n'],
    ['an interface', '/**\n * Adds.\n *\n * @see https://example.org\n */\nexport interface add {}\n'],
    ['a constant', '/** Adds. */\nexport const add = 1;\n'],
    ['a class', '/** Adds. */\nexport abstract class add {}\n'],
  ])('is documented where a comment ends right above %s', (_what, text) => {
    expect(namesIn({ 'src/index.ts': text })).toEqual([
      expect.objectContaining({ name: 'add', documented: true }),
    ]);
  });

  test.each([
    ['no comment', '\nexport const add = 1;\n'],
    ['a comment that is not TSDoc', '/* Adds. */\nexport const add = 1;\n'],
    ['a line comment', '// Adds.\nexport const add = 1;\n'],
    ['an empty comment', '/** */\nexport const add = 1;\n'],
    ['the comment of the declaration before', '/** One. */\nconst one = 1;\nexport const add = 1;\n'],
    ['a comment with a blank line behind it', '/** Of the file. */\n\nexport const add = 1;\n'],
  ])('is not documented by %s', (_what, text) => {
    expect(namesIn({ 'src/index.ts': text })).toEqual([
      expect.objectContaining({ name: 'add', documented: false }),
    ]);
  });

  test('is found where it is declared, through re-exports and renamed ones', () => {
    const names = namesIn({
      'src/index.ts': "// Parts.\nexport { type One, two as deux } from './parts/index.js';\n",
      'src/parts/index.ts':
        "export type { One } from './one.js';\nexport { zwei as two } from '../two.js';\n",
      'src/parts/one.ts': '\n\nexport interface One {}\n',
      'src/two.ts': '/** Two. */\nexport const zwei = 2;\n',
    });
    expect(names).toEqual([
      { name: 'One', file: 'src/parts/one.ts', line: 3, documented: false },
      { name: 'deux', file: 'src/two.ts', line: 2, documented: true },
    ]);
  });

  test('that is the type of a schema takes the comment of the schema', () => {
    const inferred = 'export type Id = z.infer<typeof IdSchema>;\n';
    const source = (comment) => ({ 'src/index.ts': `${comment}const IdSchema = z.string();\n${inferred}` });
    expect(namesIn(source('/** Who. */\n'))[0].documented).toBe(true);
    expect(namesIn(source(''))[0].documented).toBe(false);
  });

  test('that is declared nowhere is an error', () => {
    const files = { 'src/index.ts': "export { gone } from './gone.js';\n", 'src/gone.ts': '' };
    expect(() => namesIn(files)).toThrow('cannot find where src/gone.ts declares gone');
  });
});

describe('each name that a published package exports', () => {
  test.each(entryPoints())('has a TSDoc comment in %s', (entry) => {
    const names = publicNamesOf(entry, (file) => readFileSync(join(root, file), 'utf8'));
    expect(names).not.toEqual([]);
    expect(
      names.filter(({ documented }) => !documented).map(({ file, line, name }) => `${file}:${line} ${name}`),
    ).toEqual([]);
  });
});

function namesIn(files) {
  return publicNamesOf('src/index.ts', (file) => files[file]);
}

function entryPoints() {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
    return Object.values(exports).flatMap(({ '@fedops/source': source }) =>
      source === undefined ? [] : [`packages/${name}/${source.replace('./', '')}`],
    );
  });
}
