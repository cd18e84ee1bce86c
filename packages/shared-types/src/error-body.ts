import { z } from 'zod';
import { FEDOPS_ERROR_CODES, FedOpsError, type FedOpsErrorCode } from './error.js';

/** What a FedOps service answers when a request fails. */
export const ErrorBodySchema = z.object({
  code: z.enum(FEDOPS_ERROR_CODES),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).default({}),
});
export type ErrorBody = z.infer<typeof ErrorBodySchema>;

/** The one table from code to HTTP status. */
export const HTTP_STATUS_OF: Readonly<Record<FedOpsErrorCode, number>> = {
  'invalid-argument': 400,
  unauthenticated: 401,
  'permission-denied': 403,
  'not-found': 404,
  conflict: 409,
  'stale-round': 409,
  aborted: 409,
  'too-large': 413,
  'shape-mismatch': 422,
  overloaded: 429,
  internal: 500,
  unsupported: 501,
  'bad-response': 502,
  unavailable: 503,
  'deadline-exceeded': 504,
  storage: 507,
};

/** The body that tells a peer of an error: never the cause, never a stack. */
export function errorBodyOf(error: FedOpsError): ErrorBody {
  return { code: error.code, message: error.message, details: { ...error.details } };
}

/**
 * The error behind a failed answer of any HTTP service: the body's own code where it is ours,
 * otherwise the code that fits the status.
 */
export function errorOfAnswer(status: number, body: unknown, what: string): FedOpsError {
  const ours = ErrorBodySchema.safeParse(body);
  if (ours.success) {
    return new FedOpsError(ours.data.code, ours.data.message, { details: { ...ours.data.details, status } });
  }
  return new FedOpsError(codeOfHttpStatus(status), `${what}: HTTP status ${status}`, { details: { status } });
}

/** The code for a status that came without a body of ours. */
export function codeOfHttpStatus(status: number): FedOpsErrorCode {
  const exact = CODE_OF_STATUS[status];
  if (exact !== undefined) return exact;
  if (status >= 500) return 'unavailable';
  if (status >= 400) return 'invalid-argument';
  return 'bad-response';
}

const CODE_OF_STATUS: Readonly<Record<number, FedOpsErrorCode>> = {
  401: 'unauthenticated',
  403: 'permission-denied',
  404: 'not-found',
  405: 'unsupported',
  408: 'deadline-exceeded',
  409: 'conflict',
  410: 'not-found',
  413: 'too-large',
  429: 'overloaded',
  500: 'internal',
  501: 'unsupported',
  504: 'deadline-exceeded',
  507: 'storage',
};
