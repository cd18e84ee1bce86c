/** Every failure that a caller may branch on. Closed: a new code is a change of the API. */
export const FEDOPS_ERROR_CODES = [
  'invalid-argument',
  'shape-mismatch',
  'not-found',
  'conflict',
  'stale-round',
  'unauthenticated',
  'permission-denied',
  'too-large',
  'overloaded',
  'deadline-exceeded',
  'unavailable',
  'aborted',
  'bad-response',
  'unsupported',
  'storage',
  'internal',
] as const;

/** What went wrong, as callers branch on it: docs/protocol.md 1.1 has the HTTP status of each. */
export type FedOpsErrorCode = (typeof FEDOPS_ERROR_CODES)[number];

/** What an error carries beside its code and message; `cause` never leaves the process. */
export interface FedOpsErrorOptions extends ErrorOptions {
  /** Facts for the caller, safe to send to a peer. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Marks our errors across copies of this package, whose classes differ although their errors mean the same. */
const BRAND = Symbol.for('@fedops/error');

/**
 * The one error class of FedOps. Branch on `code`; `message` says what was expected and what came;
 * `details` holds facts that may travel; `cause` stays in this process.
 */
export class FedOpsError extends Error {
  override readonly name = 'FedOpsError';
  readonly code: FedOpsErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: FedOpsErrorCode, message: string, options: FedOpsErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Like `instanceof`, and true for an error made by another copy of this package. */
  static is(value: unknown): value is FedOpsError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** The error as it is, or `internal` (for an abort: `aborted`) with the original as `cause`. */
  static from(value: unknown): FedOpsError {
    if (FedOpsError.is(value)) return value;
    if (value instanceof Error || isErrorLike(value)) {
      const code =
        value.name === 'AbortError'
          ? 'aborted'
          : value.name === 'TimeoutError'
            ? 'deadline-exceeded'
            : 'internal';
      return new FedOpsError(code, value.message, { cause: value });
    }
    return new FedOpsError('internal', String(value), { cause: value });
  }
}

/** True also for errors of another realm, such as those of a worker or of a test runner's sandbox. */
function isErrorLike(value: unknown): value is Error {
  return (
    typeof value === 'object' && value !== null && 'name' in value && 'message' in value && 'stack' in value
  );
}
