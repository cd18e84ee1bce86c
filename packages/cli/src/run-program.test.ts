import { expect, test } from '@jest/globals';
import { fakeContext } from '../test/fake-context.js';
import { runProgram } from './run-program.js';

test('an unknown command is a usage error that shows the usage', async () => {
  const context = fakeContext();
  expect(await runProgram(['no-such-thing'], context)).toBe(2);
  const { stdout, stderr } = context.said();
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^fedops: invalid-argument: unknown command 'no-such-thing'\nusage: fedops /);
});

test('an unknown option is told as JSON alone where JSON is asked for', async () => {
  const context = fakeContext();
  expect(await runProgram(['--json', '--no-such-thing'], context)).toBe(2);
  expect(JSON.parse(context.said().stderr)).toMatchObject({ code: 'invalid-argument' });
});

test('help goes to standard output and is no error', async () => {
  const context = fakeContext();
  expect(await runProgram(['--help'], context)).toBe(0);
  expect(context.said().stdout).toContain('Usage: fedops');
});

test('no command at all is answered with the help, as an error', async () => {
  const context = fakeContext();
  expect(await runProgram([], context)).toBe(2);
  expect(context.said().stderr).toContain('Usage: fedops');
});
