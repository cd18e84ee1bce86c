import { describe, expect, test } from '@jest/globals';
import { tarballFaults } from './tarball-faults.mjs';

const SOUND = ['LICENSE', 'README.md', 'package.json', 'src/index.ts', 'dist/index.js', 'dist/index.d.ts'];

describe('tarballFaults', () => {
  test('finds nothing in a sound tarball', () => {
    expect(tarballFaults(SOUND)).toEqual([]);
  });

  test('misses a licence', () => {
    expect(tarballFaults(SOUND.filter((file) => file !== 'LICENSE'))).toEqual(['LICENSE is missing']);
  });

  test.each(['dist/a/b.test.js', 'src/b.test.ts', 'test/server.ts', 'bench/upload.mjs', 'dist/.tsbuildinfo'])(
    'refuses %s',
    (file) => {
      expect(tarballFaults([...SOUND, file])).toContain(`${file} does not belong in it`);
    },
  );

  test('finds a built file whose source is gone', () => {
    expect(tarballFaults([...SOUND, 'dist/old.js'])).toEqual(['dist/old.js has no source any more']);
  });

  test('finds a source that was not built', () => {
    expect(tarballFaults([...SOUND, 'src/new.ts'])).toEqual([
      'dist/new.js was not built',
      'dist/new.d.ts was not built',
    ]);
  });
});
