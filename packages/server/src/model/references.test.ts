import type { Sha256 } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { createReferences } from './references.js';

const digest = (letter: string) => letter.repeat(64) as Sha256;

/** Records in files, by when they were written and what they refer to; `now` is 10 s. */
function records(written: Record<string, readonly [number, string]>) {
  const read: string[] = [];
  const files = {
    async modifiedAt(path: string) {
      const record = written[path];
      if (record === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
      return record[0];
    },
  };
  const references = createReferences(
    files,
    () => 10_000,
    async (path) => {
      read.push(path);
      return [digest(written[path]![1])];
    },
  );
  return { written, read, of: async (...paths: string[]) => [...(await references.of(paths))] };
}

it('reads a record once, and again when it was replaced', async () => {
  const { written, read, of } = records({ one: [1_000, 'a'], two: [1_000, 'b'] });
  expect(await of('one', 'two')).toEqual([digest('a'), digest('b')]);
  expect(await of('one', 'two')).toEqual([digest('a'), digest('b')]);
  written.two = [1_001, 'c'];
  expect(await of('one', 'two')).toEqual([digest('a'), digest('c')]);
  expect(read).toEqual(['one', 'two', 'two']);
});

it('reads a young record each time: another may take its place unseen', async () => {
  const { written, of } = records({ one: [9_000, 'a'] });
  expect(await of('one')).toEqual([digest('a')]);
  written.one = [9_000, 'b'];
  expect(await of('one')).toEqual([digest('b')]);
});

it('forgets a record that is gone', async () => {
  const { written, read, of } = records({ one: [1_000, 'a'] });
  await of('one');
  delete written.one;
  expect(await of('one')).toEqual([]);
  written.one = [1_000, 'b'];
  expect(await of('one')).toEqual([digest('b')]);
  expect(read).toEqual(['one', 'one']);
});
