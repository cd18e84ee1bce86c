import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const exported = [
  'ClientManagerAPI',
  'ClientServerAPI',
  'ServerAPI',
  'ServerManagerAPI',
  'isUnheard',
  'systemClock',
];

it.each([
  [
    'import',
    [
      '--input-type=module',
      '--eval',
      "import * as api from '@fedops/client-api'; console.log(JSON.stringify(Object.keys(api)))",
    ],
  ],
  [
    'require',
    [
      '--input-type=commonjs',
      '--eval',
      "console.log(JSON.stringify(Object.keys(require('@fedops/client-api'))))",
    ],
  ],
])('exports the same names by %s', (_how, args) => {
  const output = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

  expect((JSON.parse(output) as string[]).filter((name) => name !== '__esModule').toSorted()).toEqual(
    exported,
  );
});

it('shows no axios in its types', () => {
  const dist = join(root, 'dist');
  const declarations = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.d.ts'),
  );

  expect(declarations.length).toBeGreaterThan(5);
  expect(declarations.filter((file) => readFileSync(join(dist, file), 'utf8').includes("'axios'"))).toEqual(
    [],
  );
});

it('depends on axios, zod and shared-types alone', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  expect(Object.keys(dependencies).toSorted()).toEqual(['@fedops/shared-types', 'axios', 'zod']);
});
