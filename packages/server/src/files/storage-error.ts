import { FedOpsError } from '@fedops/shared-types';

/** `storage`, telling what could not be done and the system's own code, such as ENOSPC. */
export function storageError(what: string, cause: unknown): FedOpsError {
  if (FedOpsError.is(cause)) return cause;
  const code = systemCode(cause);
  const problem = PROBLEM_OF[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
  return new FedOpsError('storage', `${what}: ${problem}`, {
    cause,
    details: code === undefined ? {} : { system: code },
  });
}

/** Runs IO and turns its failures into {@link storageError}. */
export async function storing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storageError(what, cause);
  }
}

/** The operating system's code of an error, such as ENOENT; undefined where it has none. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

const PROBLEM_OF: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a file stands where a directory is needed',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};
