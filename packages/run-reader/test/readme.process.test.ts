import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunEvent, RunId, Sha256 } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { aServer, refusing, streaming } from './fake-server.js';
import { aReset, aView } from './views.js';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const PUBLISHED: RunEvent = {
  id: 'a-2.0',
  at: '2026-11-24T12:00:01.000Z',
  runId: 'v3' as RunId,
  kind: 'version-published',
  version: 3,
  digest: 'ab'.repeat(32) as Sha256,
};

test('the example of the README says where a run stands and what happens, until it is over', async () => {
  const readme = await readFile(`${PACKAGE}/README.md`, 'utf8');
  const { baseUrl } = await aServer(refusing(200, aView()), streaming([aReset('a-1.0'), PUBLISHED], 'stays'));
  const example = (/```js\n(.*?)```/s.exec(readme)?.[1] ?? '').replace('http://127.0.0.1:8080', baseUrl);

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', example], {
    cwd: PACKAGE,
    timeout: 120_000,
  });

  expect(stdout).toMatch(/^Run v3 of task mnist: round 2 begins/);
  expect(stdout).toMatch(/^reset \S+Z\nversion-published \S+Z\n$/m);
});
