import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.js';

describe('parseOptions', () => {
  it('has a default for every option', () => {
    expect(parseOptions([])).toEqual({ rounds: 20, seed: 1, measure: 'test', help: false });
  });

  it('reads what it is given', () => {
    const args = ['--rounds', '3', '--seed=0', '--measure', 'validation', '--json', 'out.json'];
    expect(parseOptions(args)).toMatchObject({ rounds: 3, seed: 0, measure: 'validation', json: 'out.json' });
  });

  it.each([
    [['--round', '3'], '--round'],
    [['--rounds', '0'], 'rounds'],
    [['--rounds', '2.5'], 'rounds'],
    [['--seed', '1e3'], 'seed'],
    [['--measure', 'training'], 'measure'],
    [['extra'], 'extra'],
    [['--json'], '--json'],
  ])('refuses %j and names it', (args, name) => {
    const named = { code: 'invalid-argument', message: expect.stringContaining(name) };
    expect(() => parseOptions(args)).toThrow(expect.objectContaining(named));
  });
});
