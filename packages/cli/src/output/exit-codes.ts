import type { FedOpsErrorCode } from '@fedops/shared-types';

/** What a command's exit says when no error came, and when the command line was not understood. */
export const EXIT_OK = 0;
export const EXIT_USAGE = 2;
/** The command did its work, and what it found is bad: a check that fails, a run that failed. */
export const EXIT_BAD_OUTCOME = 1;

/** Closed: a changed number breaks scripts. */
const EXIT_CODES: Readonly<Record<FedOpsErrorCode, number>> = {
  internal: 1,
  'shape-mismatch': 1,
  'stale-round': 1,
  'too-large': 1,
  'bad-response': 1,
  unsupported: 1,
  'invalid-argument': EXIT_USAGE,
  'not-found': 3,
  conflict: 4,
  unauthenticated: 5,
  'permission-denied': 5,
  unavailable: 6,
  overloaded: 6,
  'deadline-exceeded': 7,
  storage: 8,
  // As shells have it for a command that Ctrl-C ended.
  aborted: 130,
};

/** The exit code of a command that ended with an error of this code. */
export function exitCodeOf(code: FedOpsErrorCode): number {
  return EXIT_CODES[code];
}
