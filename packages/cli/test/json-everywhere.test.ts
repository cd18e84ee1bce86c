import { expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../src/program.js';
import { runProgram } from '../src/run-program.js';
import { fakeContext } from './fake-context.js';
import { anOperator, until } from './operator.js';

/** Each command that ends by itself, in an order in which each finds what it needs. */
const ASKED: Readonly<Record<string, string>> = {
  'task create': 'task create other',
  'task set-model': 'task set-model other model.safetensors',
  'task list': 'task list',
  'task show': 'task show mnist',
  'run start': 'run start mnist --rounds 1 --min-clients 2',
  'run list': 'run list',
  'run show': 'run show r1',
  'run log': 'run log r2',
  'run watch': 'run watch r1',
  'run stop': 'run stop r2',
  'device list': 'device list',
  'model list': 'model list mnist',
  'model get': 'model get mnist',
  'model verify': 'model verify mnist --data-dir DATA',
  why: 'why r1',
  events: 'events r1',
  doctor: 'doctor',
  completion: 'completion bash',
};

/** These go on until they are ended; that each says `ready` in JSON is told by the tests of the services. */
const SERVICES = ['dev', 'manager', 'client-manager', 'server', 'client'];
/** For the scripts of shells, which read its lines. */
const HIDDEN = ['complete'];

function leavesOf(command: Command, above: readonly string[] = []): readonly string[] {
  return command.commands.flatMap((one) => {
    const words = [...above, one.name()];
    return one.commands.length === 0 ? [words.join(' ')] : leavesOf(one, words);
  });
}

it('knows every command of the program, so that a new one is asked for JSON, too', async () => {
  const named = leavesOf(await createProgram(fakeContext()));
  expect([...Object.keys(ASKED), ...SERVICES, ...HIDDEN].sort()).toEqual([...named].sort());
});

it('answers every command that ends by itself in JSON alone', async () => {
  const { fedops, task, takePart, dataDir } = await anOperator();
  await task();
  await fedops('run start mnist --rounds 1');
  await takePart('r1', 'a');
  await until(async () => (await fedops('run show r1 --json')).json().state.status === 'published');

  for (const [name, words] of Object.entries(ASKED)) {
    const answer = await fedops(`${words.replace('DATA', dataDir)} --json`);
    expect([name, answer.code, answer.stderr, isJson(answer.stdout)]).toEqual([name, 0, '', true]);
  }
});

it.each([...Object.keys(ASKED), ...SERVICES])('tells an error in JSON alone: %s', async (words) => {
  const context = fakeContext();
  expect(await runProgram([...words.split(' '), '--no-such-flag', '--json'], context)).toBe(2);
  const { stdout, stderr } = context.said();
  expect([stdout, JSON.parse(stderr).code]).toEqual(['', 'invalid-argument']);
});

/** One document, or one in each line. */
function isJson(text: string): boolean {
  const parses = (one: string) => {
    try {
      return typeof JSON.parse(one) === 'object';
    } catch {
      return false;
    }
  };
  return text !== '' && (parses(text) || text.trimEnd().split('\n').every(parses));
}
