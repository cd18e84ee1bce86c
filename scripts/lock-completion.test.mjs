import { describe, expect, test } from '@jest/globals';
import { completeLock } from './lock-completion.mjs';

const lockOf = (packages) => ({ lockfileVersion: 3, packages: { '': {}, ...packages } });
const tool = (optionalDependencies, more = {}) => ({
  version: '2.0.0',
  dev: true,
  optionalDependencies,
  ...more,
});

describe('completeLock', () => {
  test('adds a platform package that is missing, with what its name tells', () => {
    const { lock, added } = completeLock(
      lockOf({ 'node_modules/tool': tool({ '@tool/cli-linux-arm64-musl': '2.0.0' }) }),
    );
    expect(added).toEqual(['node_modules/@tool/cli-linux-arm64-musl']);
    expect(lock.packages['node_modules/@tool/cli-linux-arm64-musl']).toEqual({
      version: '2.0.0',
      cpu: ['arm64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    });
  });

  test('reads the names that platforms go by', () => {
    const { lock } = completeLock(
      lockOf({
        'node_modules/tool': tool({ '@tool/windows-64': '2.0.0', '@tool/linux-arm-gnueabihf': '2.0.0' }),
      }),
    );
    expect(lock.packages['node_modules/@tool/windows-64']).toMatchObject({ os: ['win32'], cpu: ['x64'] });
    expect(lock.packages['node_modules/@tool/linux-arm-gnueabihf']).toMatchObject({
      cpu: ['arm'],
      libc: ['glibc'],
    });
  });

  test('leaves a complete lock file as it is', () => {
    const lock = lockOf({
      'node_modules/@tool/darwin-x64': { version: '2.0.0', optional: true, integrity: 'sha512-x' },
      'node_modules/tool': tool({ '@tool/darwin-x64': '2.0.0' }),
    });
    expect(completeLock(lock)).toEqual({ lock, added: [], unresolved: [] });
  });

  test('nests a package whose hoisted place another version has taken', () => {
    const { added } = completeLock(
      lockOf({
        'node_modules/@tool/darwin-x64': { version: '1.0.0', optional: true },
        'node_modules/tool': tool({ '@tool/darwin-x64': '2.0.0' }),
      }),
    );
    expect(added).toEqual(['node_modules/tool/node_modules/@tool/darwin-x64']);
  });

  test('finds a package in an enclosing folder', () => {
    const { added } = completeLock(
      lockOf({
        'node_modules/a/node_modules/native': { version: '2.0.0', optional: true },
        'node_modules/a/node_modules/b': tool({ native: '2.0.0' }),
      }),
    );
    expect(added).toEqual([]);
  });

  test('marks a package as needed in production when one dependent is', () => {
    const { lock } = completeLock(
      lockOf({
        'node_modules/a': tool({ '@tool/darwin-x64': '2.0.0' }),
        'node_modules/b': tool({ '@tool/darwin-x64': '2.0.0' }, { dev: false }),
      }),
    );
    expect(lock.packages['node_modules/@tool/darwin-x64']).not.toHaveProperty('dev');
  });

  test('names a missing dependency of which only a range is known', () => {
    const { added, unresolved } = completeLock(lockOf({ 'node_modules/tool': tool({ fsevents: '^2.3.0' }) }));
    expect(added).toEqual([]);
    expect(unresolved).toEqual(['fsevents@^2.3.0, wanted by node_modules/tool']);
  });

  test('keeps npm’s order of entries', () => {
    const { lock } = completeLock(lockOf({ 'node_modules/zed': tool({ abc: '2.0.0' }) }));
    expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/abc', 'node_modules/zed']);
  });
});
