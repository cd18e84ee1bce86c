import type { Check } from './check.js';

const OLDEST = [20, 19] as const;
const RECOMMENDED = 22;

/** Whether this version of Node will do. Pure. @param version Such as `20.19.0`. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const name = 'node';
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return {
      name,
      status: 'fail',
      message: `${version} is older than ${OLDEST.join('.')}`,
      advice: `install Node ${RECOMMENDED} or later`,
    };
  }
  return major < RECOMMENDED
    ? {
        name,
        status: 'warn',
        message: `${version} works, and gets no more fixes`,
        advice: `install Node ${RECOMMENDED} or later`,
      }
    : { name, status: 'ok', message: version };
}
