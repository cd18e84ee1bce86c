/**
 * Ends a command whose work is done and has been told, with an outcome that a script must not take for a good one: a
 * check that fails, a run that failed, a model that differs. Exit code 1, and no further word.
 */
export class BadOutcome extends Error {
  override readonly name = 'BadOutcome';
}
