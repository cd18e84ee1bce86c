import { FedOpsError, type FedOpsErrorCode } from '@fedops/shared-types';

/** An error as it crosses from one thread to another. */
export interface ThreadError {
  readonly code: FedOpsErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly stack: string | undefined;
}

/** An error of this thread, for another one. Keeps a FedOps error's code. */
export function toThreadError(error: unknown): ThreadError {
  const { code, message, details } = FedOpsError.from(error);
  const { name = 'Error', stack } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as Partial<Error>;
  return { code, message, details: cloneable(details), name, stack };
}

/** The error of another thread; its name, message and stack there are the cause. */
export function fromThreadError({ code, message, details, name, stack }: ThreadError): FedOpsError {
  const cause = new Error(message);
  cause.name = name;
  if (stack !== undefined) cause.stack = stack;
  return new FedOpsError(code, message, { details, cause });
}

function cloneable(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return structuredClone(details);
  } catch {
    return {};
  }
}
