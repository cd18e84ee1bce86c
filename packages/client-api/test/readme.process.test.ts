import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

it('shows an example that runs and prints what it says', () => {
  const readme = readFileSync(`${root}/README.md`, 'utf8');
  const example = /^```js\n(.*?)^```/ms.exec(readme)?.[1] ?? '';

  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', example], {
    cwd: root,
    encoding: 'utf8',
  });

  expect(output).toContain("{ task_id: 'mnist', port: 40026 }");
  expect(output).toMatch(/^bad-response .*client_id: /m);
});
