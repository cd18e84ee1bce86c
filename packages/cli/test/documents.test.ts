import { readFile } from 'node:fs/promises';
import { FEDOPS_ERROR_CODES } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { parseConfig } from '../src/config/parse-config.js';
import { exitCodeOf } from '../src/output/exit-codes.js';
import { createProgram } from '../src/program.js';
import { fakeContext } from './fake-context.js';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

test("the README's configuration file is one", () => {
  const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(readme)!;
  expect(Object.keys(parseConfig(yaml!, 'README.md'))).toEqual(['connection', 'client']);
});

test('the README names the exit code of every error code', () => {
  for (const code of FEDOPS_ERROR_CODES) {
    const row = new RegExp(`^\\| ${exitCodeOf(code)} \\|.*\`${code}\``, 'm');
    expect([code, row.test(readme)]).toEqual([code, true]);
  }
});

test('the README has every command', async () => {
  const { commands } = await createProgram(fakeContext());
  const listed = /\| Command \|[\s\S]*?\n\n/.exec(readme)![0];
  for (const command of commands.filter((one) => one.name() !== 'complete')) {
    expect([command.name(), listed.includes(`\`${command.name()}`)]).toEqual([command.name(), true]);
    for (const below of command.commands) {
      const row = listed.split('\n').find((line) => line.startsWith(`| \`${command.name()} `)) ?? '';
      expect([below.name(), row.includes(below.name())]).toEqual([below.name(), true]);
    }
  }
});
