// `npm run test:crash`: the crash tests with every point instead of a dozen; prints how many were survived.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../../', import.meta.url);
const tests = ['packages/server/test/crash', 'packages/server/test/determinism'];
const { status } = spawnSync(
  process.execPath,
  [fileURLToPath(new URL('scripts/jest.mjs', root)), '--runInBand', '--verbose', ...tests],
  { cwd: fileURLToPath(root), env: { ...process.env, FEDOPS_CRASH_TEST: 'long' }, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
