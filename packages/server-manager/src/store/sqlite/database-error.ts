import { FedOpsError } from '@fedops/shared-types';

/** SQLite's failure as ours; an error of ours as it is. */
export function databaseError(what: string, cause: unknown): FedOpsError {
  if (FedOpsError.is(cause)) return cause;
  const code = sqliteCode(cause);
  if (code === 'SQLITE_CONSTRAINT') {
    return new FedOpsError('conflict', `${what}: something of that name is there already`, { cause });
  }
  if (code === 'SQLITE_BUSY') {
    return new FedOpsError('conflict', `${what}: another process works in it`, { cause });
  }
  if (code === 'SQLITE_NOTADB') {
    return new FedOpsError('unsupported', `${what}: expected an SQLite file`, { cause });
  }
  const problem = PROBLEM_OF[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
  return new FedOpsError('storage', `${what}: ${problem}`, {
    cause,
    details: code === undefined ? {} : { system: code },
  });
}

function sqliteCode(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && code !== '') return code;
  // The driver opens a file before SQLite speaks, and then has a number alone, in its words: SQLITE_CANTOPEN.
  return /^ConnectionFailed\(.*: 14"\)$/s.test(String(message)) ? 'SQLITE_CANTOPEN' : undefined;
}

const PROBLEM_OF: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_READONLY: 'it is read-only',
  SQLITE_CANTOPEN: 'it cannot be opened; expected a file that can be read and written, or none yet',
  SQLITE_IOERR: 'reading or writing the disk failed',
  SQLITE_CORRUPT: 'the file is damaged',
};
