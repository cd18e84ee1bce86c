import type { FedOpsErrorCode } from '@fedops/shared-types';
import { FedOpsError } from '@fedops/shared-types';
import type { z } from 'zod';
import type { Method } from './redirect.js';
import type { Repetition } from './retry/retry-policy.js';

/** One call of a remote service: what to ask, how to read the answer, and what a failure allows. */
export interface Route<S extends z.ZodType> {
  readonly method: Method;
  /** Begins with a slash; ids in it by `segment`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly answer: S;
  readonly repetition: Repetition;
  /** What Python's status of 200 with an `error` means here. */
  readonly errorAnswer: FedOpsErrorCode;
  /** `optional` for what older services lack: their 404 means `unsupported`. */
  readonly presence: 'required' | 'optional';
}

/**
 * An id as one segment of a path.
 *
 * @throws {FedOpsError} `invalid-argument` for `.` and `..`, which no encoding keeps from changing the path.
 */
export function segment(id: string): string {
  if (id === '.' || id === '..') {
    throw new FedOpsError('invalid-argument', `${JSON.stringify(id)} cannot stand as an id in a URL`);
  }
  return encodeURIComponent(id);
}
