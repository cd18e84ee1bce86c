import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const cruiser = fileURLToPath(
  new URL('../node_modules/dependency-cruiser/bin/dependency-cruise.mjs', import.meta.url),
);
const config = fileURLToPath(new URL('../.dependency-cruiser.cjs', import.meta.url));

const FAULTS = [
  ['shared-types-looks-down', 'packages/shared-types/src/a.ts', "import '@fedops/parameters';"],
  ['parameters-looks-down', 'packages/parameters/src/a.ts', "import '@fedops/strategies';"],
  ['strategies-looks-down', 'packages/strategies/src/a.ts', "import '@fedops/server';"],
  ['client-api-looks-down', 'packages/client-api/src/a.ts', "import type { P } from '@fedops/parameters';"],
  ['http-service-looks-down', 'packages/http-service/src/a.ts', "import '@fedops/parameters';"],
  ['client-session-looks-down', 'packages/client-session/src/a.ts', "import '@fedops/server';"],
  ['tfjs-looks-down', 'packages/tfjs/src/a.ts', "import '@fedops/server';"],
  ['client-app-looks-down', 'packages/client-app/src/a.ts', "import '@fedops/server';"],
  ['server-looks-down', 'packages/server/src/a.ts', "import '@fedops/client-session';"],
  ['run-reader-looks-down', 'packages/run-reader/src/a.ts', "import '@fedops/server';"],
  ['flower-looks-down', 'packages/flower/src/a.ts', "import '@fedops/server';"],
  ['flower-door-looks-down', 'packages/flower-door/src/a.ts', "import '@fedops/client-session';"],
  ['flower-transport-looks-down', 'packages/flower-transport/src/a.ts', "import '@fedops/server';"],
  ['client-manager-looks-down', 'packages/client-manager/src/a.ts', "import '@fedops/server';"],
  ['server-manager-looks-down', 'packages/server-manager/src/a.ts', "import '@fedops/client-app';"],
  ['model-files-looks-down', 'packages/model-files/src/a.ts', "import '@fedops/client-session';"],
  ['command-trainer-looks-down', 'packages/command-trainer/src/a.ts', "import '@fedops/server';"],
  ['cli-looks-down', 'packages/cli/src/a.ts', "import '@fedops/tfjs';"],
  ['every-package-has-a-direction', 'packages/newcomer/src/a.ts', "import '@fedops/server';"],
  ['packages-know-no-app', 'packages/server/src/b.ts', "import '@fedops/demo';"],
  ['core-does-no-io', 'packages/strategies/src/b.ts', "import 'node:fs';"],
  ['core-does-no-io', 'packages/parameters/src/b.ts', "import 'crypto';"],
  ['session-core-does-no-io', 'packages/client-session/src/inner.ts', "import 'node:http';"],
  ['no-way-around-the-index', 'packages/server/src/c.ts', "import '../../shared-types/src/index.js';"],
  ['no-unresolvable', 'packages/server/src/d.ts', "import '@fedops/shared-types/src/index.js';"],
  ['declared-where-imported', 'packages/strategies/src/d.ts', "import 'undeclared';"],
  ['published-code-needs-no-dev-dependency', 'packages/server/src/e.ts', "import 'dev-tool';"],
  ['no-circular', 'packages/server/src/f.ts', "import './g.js';"],
];

const ALLOWED = [
  [
    'a test of the server that uses the real client',
    'packages/server/test/a.test.ts',
    "import '@fedops/client-session';",
  ],
  [
    'a built-in behind the node entry of the session',
    'packages/client-session/src/node-only.ts',
    "import 'node:http';",
  ],
  [
    'a peer dependency that is installed for development too',
    'packages/server/src/h.ts',
    "import 'host-tool';",
  ],
  ['a package below', 'packages/server/src/i.ts', "import '@fedops/strategies';"],
];

const PACKAGES = {
  ...Object.fromEntries(
    [
      'shared-types',
      'parameters',
      'strategies',
      'client-api',
      'http-service',
      'client-session',
      'tfjs',
      'client-app',
      'server',
      'run-reader',
      'flower',
      'flower-door',
      'flower-transport',
      'client-manager',
      'server-manager',
      'model-files',
      'command-trainer',
      'cli',
      'newcomer',
    ].map((name) => [`packages/${name}`, `@fedops/${name}`]),
  ),
  'apps/demo': '@fedops/demo',
};

let root;
let violations;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'fedops-boundaries-'));
  plantPackages();
  for (const [, file, text] of [...FAULTS, ...ALLOWED]) write(file, `${text}\n`);
  write('packages/server/src/g.ts', "import './f.js';\n");
  write('packages/client-session/src/index.ts', "import './inner.js';\n");
  write('packages/client-session/src/node.ts', "import './node-only.js';\n");
  violations = cruise();
}, 300_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the directions of dependencies', () => {
  test.each(FAULTS)('%s is broken by %s', (rule, file) => {
    expect(violations.filter(({ files }) => files.includes(file)).map(({ rule }) => rule)).toContain(rule);
  });

  test.each(ALLOWED)('allow %s', (_what, file) => {
    expect(violations.filter(({ files }) => files.includes(file))).toEqual([]);
  });

  test('are broken by nothing else than what was planted', () => {
    const planted = new Set(FAULTS.map(([rule]) => rule));
    expect(violations.filter(({ rule }) => !planted.has(rule))).toEqual([]);
  });

  test('have no rule that this file does not plant a fault for', async () => {
    const { default: settings } = await import(config);
    expect(settings.forbidden.map(({ name }) => name).sort()).toEqual(
      [...new Set(FAULTS.map(([rule]) => rule))].sort(),
    );
  });
});

function plantPackages() {
  const internal = Object.fromEntries(Object.values(PACKAGES).map((name) => [name, '*']));
  for (const [folder, name] of Object.entries(PACKAGES)) {
    const manifest = {
      name,
      type: 'module',
      exports: { '.': { '@fedops/source': './src/index.ts' } },
      dependencies: internal,
      ...(name === '@fedops/server' && {
        devDependencies: { 'dev-tool': '*', 'host-tool': '*' },
        peerDependencies: { 'host-tool': '*' },
      }),
    };
    write(`${folder}/package.json`, JSON.stringify(manifest));
    write(`${folder}/src/index.ts`, 'export {};\n');
    mkdirSync(join(root, 'node_modules/@fedops'), { recursive: true });
    symlinkSync(join(root, folder), join(root, 'node_modules', name), 'junction');
  }
  for (const name of ['undeclared', 'dev-tool', 'host-tool']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
}

function cruise() {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [cruiser, 'packages', 'apps', '--config', config, '--output-type', 'json'],
    { cwd: root, encoding: 'utf8' },
  );
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout).summary.violations.map(({ rule, from, to, cycle = [], via = [] }) => ({
    rule: rule.name,
    files: [from, to, ...[...cycle, ...via].map(({ name }) => name)],
  }));
}

function write(file, text) {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
