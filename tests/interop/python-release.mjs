import { spawnSync } from 'node:child_process';

/** The oldest Python that the tests run with, as major and minor number. */
const OLDEST = [3, 11];

const NAMES = ['python3', 'python3.11', 'python3.12', 'python3.13', 'python3.14', 'python'];

/**
 * A Python to make environments with: its `command`, which is what FEDOPS_PYTHON names or else the first on the path
 * that is recent enough, and its `release`, such as 3.11. Throws where there is none.
 */
export function findPython(env = process.env) {
  const found = (env.FEDOPS_PYTHON ? [env.FEDOPS_PYTHON] : NAMES).map((command) => {
    const program = 'import sys; print("%d.%d" % sys.version_info[:2])';
    const { status, stdout } = spawnSync(command, ['-c', program], { encoding: 'utf8' });
    return { command, release: status === 0 ? stdout.trim() : 'none' };
  });
  const suitable = found.find(({ release }) => release !== 'none' && isSince(release, OLDEST));
  if (suitable !== undefined) return suitable;
  const seen = found.map(({ command, release }) => `${command}: ${release}`).join(', ');
  throw new Error(`expected Python ${OLDEST.join('.')} or later, found ${seen}; FEDOPS_PYTHON names another`);
}

/** Whether NumPy below 2 has wheels for a release of Python. */
export function hasNumpy1(release) {
  return !isSince(release, [3, 13]);
}

function isSince(release, [major, minor]) {
  const [thisMajor, thisMinor] = release.split('.').map(Number);
  return thisMajor > major || (thisMajor === major && thisMinor >= minor);
}
