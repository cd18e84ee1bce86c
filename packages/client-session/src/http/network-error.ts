import { FedOpsError } from '@fedops/shared-types';

/** The one translation from what `node:http` throws; the original is the cause. */
export function errorOfNetwork(cause: unknown, what: string): FedOpsError {
  if (FedOpsError.is(cause)) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code?.startsWith('HPE_')) {
    return new FedOpsError('bad-response', `${what}: the answer is not HTTP (${code})`, { cause });
  }
  return new FedOpsError('unavailable', `${what}: ${code ?? message}`, { cause });
}

/** True where the peer, or something on the way, tore the connection down. */
export function isReset(cause: unknown): boolean {
  const { code } = cause as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'EPIPE';
}
