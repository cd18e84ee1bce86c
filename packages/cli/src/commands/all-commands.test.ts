import { expect, test } from '@jest/globals';
import { fakeContext } from '../../test/fake-context.js';
import { createProgram } from '../program.js';
import { commandsFor } from './all-commands.js';

const namesFor = async (...words: string[]) => (await commandsFor(words)).map(({ name }) => name);

test('a command line loads the commands that it names and no others', async () => {
  expect(await namesFor('--json', 'client', '--port', '0')).toEqual(['addClientCommand']);
});

test.each([[[]], [['--help']], [['no-such-thing']], [['complete', '--', 'run', '']]])(
  'all are there for %j',
  async (words) => {
    expect((await namesFor(...words)).length).toBeGreaterThan(10);
  },
);

test('every command can be added: no two flags of one are the same', async () => {
  const program = await createProgram(fakeContext());
  expect(program.commands.length).toBeGreaterThan(10);
});
