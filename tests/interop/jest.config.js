import { fileURLToPath } from 'node:url';

/** Tests against real Python run apart from all others, on the built packages. */
export default {
  rootDir: fileURLToPath(new URL('../..', import.meta.url)),
  testMatch: ['<rootDir>/tests/interop/*.interop.ts', '<rootDir>/packages/*/test/interop/*.interop.test.ts'],
  testEnvironment: 'node',
  testTimeout: 240_000,
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
};
