import { FedOpsError } from '@fedops/shared-types';
import { lastLineOf } from './text-tail.js';

/** Why a program was told to end. */
export type StopReason = 'aborted' | 'timed-out';

/** How a program ended. */
export type ProgramEnd =
  | { readonly kind: 'not-started'; readonly cause: Error }
  | { readonly kind: 'exited'; readonly code: number }
  /** By somebody else: the system where memory ran out, for one. */
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'stopped'; readonly reason: StopReason };

/** A program that has ended. */
export interface ProgramReport {
  readonly end: ProgramEnd;
  /** The tail of its standard error. */
  readonly stderr: string;
}

/** Characters of standard error in a message, which travels to the FL server; the cause, which stays, has more. */
const MESSAGE_LINE_LENGTH = 300;

/** What the system lacks for a moment, against a command that can never start. */
const LACKING: readonly unknown[] = ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'];

/**
 * @throws {FedOpsError} where the program did not end by itself and with code 0: `invalid-argument` or, where the
 *   system lacks memory or files for it, `overloaded` for one that cannot be started; `internal` for one that failed;
 *   `deadline-exceeded` or `aborted` for one that was stopped.
 */
export function assertSucceeded({ end, stderr }: ProgramReport, program: string): void {
  switch (end.kind) {
    case 'not-started': {
      const { cause } = end;
      const code = LACKING.includes((cause as NodeJS.ErrnoException).code)
        ? 'overloaded'
        : 'invalid-argument';
      throw new FedOpsError(code, `cannot start ${program}: ${cause.message}`, { cause });
    }
    case 'exited':
      if (end.code !== 0) throw failed(`${program} ended with exit code ${end.code}`, stderr);
      return;
    case 'killed':
      throw failed(`${program} was ended by ${end.signal}`, stderr);
    case 'stopped':
      throw end.reason === 'aborted'
        ? new FedOpsError('aborted', 'the trainer was told to stop')
        : new FedOpsError('deadline-exceeded', `${program} took too long and was ended`, causedBy(stderr));
  }
}

function failed(what: string, stderr: string): FedOpsError {
  const line = lastLineOf(stderr, MESSAGE_LINE_LENGTH);
  return new FedOpsError('internal', line === undefined ? what : `${what}: ${line}`, causedBy(stderr));
}

function causedBy(stderr: string): ErrorOptions {
  if (stderr.trim() === '') return {};
  const cause = new Error(stderr.trimEnd());
  cause.name = 'StandardError';
  // Where this was made says nothing.
  cause.stack = `${cause.name}: ${cause.message}`;
  return { cause };
}
