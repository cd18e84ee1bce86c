import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('the example of the README runs as it stands there, and learns', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];

  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', example], {
    cwd: new URL('..', import.meta.url),
    encoding: 'utf8',
  });

  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\{ loss: 0\.\d+, accuracy: 1 \}\n$/);
});
