import { expect, test } from '@jest/globals';
import { fakeContext } from '../../test/fake-context.js';
import { createOutput } from './output.js';
import { table } from './table.js';

const RUNS = [
  { id: 'a', rounds: 3 },
  { id: 'long-one', rounds: 12 },
];

test('a result is one JSON document, and nothing is noted beside it', () => {
  const context = fakeContext();
  const output = createOutput(context, 'json');
  output.note('listing');
  output.result(RUNS, () => 'words');
  expect(JSON.parse(context.said().stdout)).toEqual(RUNS);
  expect(context.said().stderr).toBe('');
});

test('items are one line of JSON each', () => {
  const context = fakeContext();
  const output = createOutput(context, 'json');
  for (const run of RUNS) output.item(run, () => 'words');
  const lines = context.said().stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(RUNS);
});

test('colours are for terminals, and not where NO_COLOR is set', () => {
  const coloured = (isTTY: boolean, env: Record<string, string>) => {
    let text = '';
    const write = (words: string) => {
      text += words;
    };
    const stdout = { write, isTTY };
    createOutput(fakeContext({ stdout, env }), 'text').result('x', (word, { red }) => red(word));
    return text.includes('\u001b[31m');
  };
  expect(coloured(true, {})).toBe(true);
  expect(coloured(false, {})).toBe(false);
  expect(coloured(true, { NO_COLOR: '1' })).toBe(false);
});

test('a table keeps its columns apart, and numbers to the right', () => {
  const text = table(RUNS, [
    { title: 'run', cell: ({ id }) => id },
    { title: 'rounds', cell: ({ rounds }) => String(rounds), align: 'right' },
  ]);
  expect(text.split('\n')).toEqual(['RUN       ROUNDS', 'a              3', 'long-one      12']);
});

test('a cell cannot steer the terminal nor break the line', () => {
  const text = table([{ id: 'a\u001b[2J\nb' }], [{ title: 'id', cell: ({ id }) => id }]);
  expect(text).toBe('ID\na·[2J·b');
});

test('no bar is drawn where standard error is no terminal', () => {
  const context = fakeContext();
  const bar = createOutput(context, 'text').progress({ title: 'rounds', total: 3 });
  bar.update(1, 'fitting');
  bar.close();
  expect(context.said().stderr).toBe('');
});
