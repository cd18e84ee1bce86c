import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const document = readFileSync(`${root}docs/compared-with-fedops.md`, 'utf8');

const rows = [...document.matchAll(/^\| (W\d+) \| (.+?) \| (.+) \|$/gm)].map(
  ([, name, weakness, outcome]) => ({
    name,
    weakness,
    outcome,
  }),
);

/** `path` "title", as the table names tests, and the requirements that a port's implementations are tested by. */
const TEST = /`([\w./-]+\.ts)` "([^"]+)"/g;
const testsIn = (text) => [...text.matchAll(TEST)].map(([, path, title]) => ({ path, title }));

/** Of a test that is skipped by name; one that some platform alone skips counts. */
const isSkipped = (source, title) => {
  const before = source.slice(0, source.indexOf(title)).trimEnd();
  return /(\b(it|test)\.(skip|todo)|\bx(it|test))\(\s*['"`]$/.test(before);
};

describe('the table of weaknesses', () => {
  test('has each of them once, in order', () => {
    expect(rows.map(({ name }) => name)).toEqual(Array.from({ length: 41 }, (_, i) => `W${i + 1}`));
  });

  test.each(rows)('says of $name one of three things', ({ outcome }) => {
    expect(outcome).toMatch(/^(does not apply|does not happen|open): \S/);
  });

  test('names a test for each that does not happen', () => {
    const without = rows.filter(
      ({ outcome }) => outcome.startsWith('does not happen') && testsIn(outcome).length === 0,
    );
    expect(without).toEqual([]);
  });

  test.each(testsIn(document))('names a test that there is: $path "$title"', ({ path, title }) => {
    expect([path, existsSync(root + path)]).toEqual([path, true]);
    const source = readFileSync(root + path, 'utf8');
    const isTitle = ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
    expect([title, isTitle]).toEqual([title, true]);
    expect([title, isSkipped(source, title)]).toEqual([title, false]);
  });
});
