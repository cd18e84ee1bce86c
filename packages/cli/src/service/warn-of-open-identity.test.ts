import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { loadIdentity } from '@fedops/client-session/node';
import { expect, test } from '@jest/globals';
import { temporaryDirectory } from '../../test/temporary-directory.js';
import { warnOfOpenIdentity } from './warn-of-open-identity.js';

(process.platform === 'win32' ? test.skip : test)(
  'a client whose key others can read is warned of, and not one whose key is its own',
  async () => {
    const dataDir = await temporaryDirectory();
    await loadIdentity(dataDir);
    const noted: string[] = [];
    const note = (words: string) => void noted.push(words);

    const path = join(dataDir, 'client-identity.json');
    await warnOfOpenIdentity({ note }, path, 'client', 'linux');
    expect(noted).toEqual([]);
    await chmod(path, 0o666);
    await warnOfOpenIdentity({ note }, path, 'client', 'linux');
    expect(noted).toEqual([expect.stringMatching(/mode 0666.*chmod 600 /)]);
  },
);
