import { describe, expect, test } from '@jest/globals';
import { parseCommandLine } from './parse-options.js';

const directories = { working: '/home/me', data: '/repository/.fedops/demo' };
const parse = (...args: string[]) => parseCommandLine(args, directories);

test('asks for the default demo without arguments', () => {
  expect(parse()).toEqual({
    kind: 'run',
    options: {
      clients: 3,
      rounds: 3,
      partition: { kind: 'iid' },
      seed: 1,
      examples: 60_000,
      dataDir: '/repository/.fedops/demo',
      report: undefined,
    },
  });
});

test('reads every option, and paths from the working directory', () => {
  const args =
    '--clients 5 --rounds 7 --partition dirichlet:0.5 --seed 9 --examples 200 --data-dir data --report r.json';

  expect(parse(...args.split(' '))).toEqual({
    kind: 'run',
    options: {
      clients: 5,
      rounds: 7,
      partition: { kind: 'dirichlet', alpha: 0.5 },
      seed: 9,
      examples: 200,
      dataDir: '/home/me/data',
      report: '/home/me/r.json',
    },
  });
});

describe('a mistake ends with code 2 and names what is wrong', () => {
  test.each([
    ['an unknown option', ['--cleints', '3'], '--cleints'],
    ['an argument', ['now'], 'too many arguments'],
    ['no client', ['--clients', '0'], '--clients'],
    ['too many clients', ['--clients', '65'], '--clients'],
    ['half a round', ['--rounds', '1.5'], '--rounds'],
    ['a negative seed', ['--seed', '-1'], '--seed'],
    ['a seed beyond 32 bits', ['--seed', '4294967296'], '--seed'],
    ['another partition', ['--partition', 'even'], '--partition'],
    ['more shards than images', ['--partition', 'shards:20001'], '--partition'],
    ['no examples', ['--examples', '0'], '--examples'],
    ['an option without its value', ['--report'], '--report'],
  ])('%s', (_, args, named) => {
    const line = parse(...args);

    expect(line).toMatchObject({ kind: 'exit', code: 2, stdout: '' });
    expect(line.kind === 'exit' && line.stderr).toContain(named);
  });
});

test('help is no mistake, and shows examples', () => {
  const line = parse('--help');

  expect(line).toMatchObject({ kind: 'exit', code: 0, stderr: '' });
  expect(line.kind === 'exit' && line.stdout).toContain('npm run demo -- --partition shards:2');
});
