import { describe, expect, test } from '@jest/globals';
import { type CommandTrainerSettings, resolveSettings } from './settings.js';

test('a command is enough', () => {
  expect(resolveSettings({ command: ['python3', 'train.py'] })).toEqual({
    command: ['python3', 'train.py'],
    format: 'safetensors',
    env: {},
    graceMs: 3_000,
    limits: { resultBytes: 1_048_576, stderrLength: 4_000 },
  });
});

describe('settings are refused', () => {
  test.each<[string, unknown, string]>([
    ['without a program', { command: [] }, 'command.0'],
    ['with an empty program', { command: [''] }, 'command.0'],
    ['with a command that a shell would split', { command: 'python3 train.py' }, 'command'],
    ['with NUL in an argument', { command: ['python3', 'a\0b'] }, 'command.1'],
    ['with another format', { command: ['x'], format: 'pickle' }, 'format'],
    ['with no time at all', { command: ['x'], fitTimeoutMs: 0 }, 'fitTimeoutMs'],
    ['with NUL in a variable', { command: ['x'], env: { A: '\0' } }, 'env.A'],
    ['with a signature that is none', { command: ['x'], signature: [] }, 'signature'],
    ['with a setting that is none', { command: ['x'], shell: true }, '(whole)'],
  ])('%s, by name', (_, settings, field) => {
    expect(() => resolveSettings(settings as CommandTrainerSettings)).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        details: { fields: expect.arrayContaining([expect.objectContaining({ field })]) },
      }),
    );
  });
});
