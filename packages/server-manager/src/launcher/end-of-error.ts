import { FedOpsError } from '@fedops/shared-types';
import type { ServerEnd } from '../runs/run-state.js';

/** What a disk or a system may say today and not tomorrow; access that is denied stays so until somebody acts. */
const PASSING = ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE'];

/** How an FL server ended that could not be started. */
export function endOfError(thrown: unknown): Extract<ServerEnd, { kind: 'failed' | 'suspended' }> {
  const { code, message, details } = FedOpsError.from(thrown);
  const system = details.system ?? (thrown as { code?: unknown } | null)?.code;
  return PASSING.some((passing) => passing === system)
    ? { kind: 'suspended', reason: 'storage', message: `the FL server could not be started: ${message}` }
    : { kind: 'failed', reason: code, message };
}
