import { expect, test } from '@jest/globals';
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
