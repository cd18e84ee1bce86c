const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
  ],
};

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform,
};

/** Unit and HTTP tests run from source; `*.process.test.ts` start workers and processes from built output. */
export default {
  reporters: ['default', '<rootDir>/scripts/plain-line-reporter.mjs'],
  testTimeout: 180_000,
  // Process tests mostly wait for their processes: one worker less than cores, as jest has it, leaves two cores idle.
  maxWorkers: '100%',
  projects: [
    {
      ...shared,
      displayName: 'source',
      testMatch: [
        '<rootDir>/{packages,apps,examples}/*/{src,test}/**/*.test.ts',
        '<rootDir>/scripts/**/*.test.mjs',
      ],
      testPathIgnorePatterns: ['/node_modules/', '\\.(process|interop)\\.test\\.ts$'],
      testEnvironmentOptions: { customExportConditions: ['@fedops/source', 'node', 'node-addons'] },
    },
    {
      ...shared,
      displayName: 'process',
      testMatch: ['<rootDir>/{packages,apps,examples}/*/test/**/*.process.test.ts'],
    },
  ],
};
