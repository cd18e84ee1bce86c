const { builtinModules } = require('node:module');

/** Which packages a package may import; what is not named here imports none of ours. */
const LOOKS_DOWN = {
  'shared-types': [],
  parameters: ['shared-types'],
  strategies: ['parameters', 'shared-types'],
  'client-api': ['shared-types'],
  'http-service': ['shared-types'],
  'client-session': ['parameters', 'shared-types'],
  tfjs: ['client-session', 'parameters', 'shared-types'],
  'client-app': ['client-api', 'client-session', 'http-service', 'parameters', 'shared-types'],
  server: ['client-api', 'http-service', 'parameters', 'shared-types', 'strategies'],
  'run-reader': ['shared-types'],
  flower: ['parameters', 'shared-types'],
  'flower-door': ['flower', 'parameters', 'server', 'shared-types'],
  'flower-transport': ['client-session', 'flower', 'parameters', 'shared-types'],
  'client-manager': ['client-api', 'http-service', 'shared-types'],
  'server-manager': ['client-api', 'http-service', 'parameters', 'server', 'shared-types', 'strategies'],
  'model-files': ['flower', 'parameters', 'shared-types'],
  'command-trainer': ['client-session', 'model-files', 'parameters', 'shared-types'],
  cli: [
    'client-api',
    'client-app',
    'client-manager',
    'client-session',
    'command-trainer',
    'flower-door',
    'http-service',
    'model-files',
    'parameters',
    'run-reader',
    'server',
    'server-manager',
    'shared-types',
    'strategies',
  ],
};

/** Built-ins as the cruiser names them, with or without their prefix. */
const BUILTINS = `^(node:)?(${builtinModules.join('|')})$`;

/** Tests and benchmarks may meet the other side in person. */
const TESTS = '\\.test\\.ts$|/(test|bench)/';

const directions = Object.entries(LOOKS_DOWN).map(([name, allowed]) => ({
  name: `${name}-looks-down`,
  severity: 'error',
  from: { path: `^packages/${name}/`, pathNot: TESTS },
  to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...directions,
    {
      name: 'every-package-has-a-direction',
      comment: 'Give a new package its line in LOOKS_DOWN.',
      severity: 'error',
      from: { path: '^packages/', pathNot: `^packages/(${Object.keys(LOOKS_DOWN).join('|')})/|${TESTS}` },
      to: { path: '^packages/' },
    },
    {
      name: 'packages-know-no-app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|examples)/' },
    },
    {
      name: 'core-does-no-io',
      comment: 'These run in a browser too, and are pure.',
      severity: 'error',
      from: {
        path: '^packages/(shared-types|parameters|strategies|flower|model-files|run-reader)/src/',
        pathNot: TESTS,
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'session-core-does-no-io',
      comment: 'Node built-ins belong to what src/node.ts alone imports.',
      severity: 'error',
      from: { path: '^packages/client-session/src/index\\.ts$' },
      to: { path: BUILTINS, reachable: true },
    },
    {
      name: 'no-way-around-the-index',
      comment: 'A package is imported by its name, never by a relative path.',
      severity: 'error',
      from: { path: '^(packages|apps|examples)/([^/]+)/' },
      to: { path: '^(packages|apps|examples)/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-where-imported',
      severity: 'error',
      from: { path: '^(packages|apps|examples)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'published-code-needs-no-dev-dependency',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer', 'npm'] },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    exclude: { path: '/dist/|\\.d\\.ts$' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['@fedops/source', 'types', 'import', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
