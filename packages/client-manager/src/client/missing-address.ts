import { FedOpsError, hasServerPort, type ManagerData } from '@fedops/shared-types';
import type { ClientReport } from './client-report.js';

const WHY =
  "there is no address for a client of Python's, which may be why: an FL server that our server manager starts has one" +
  ' with servers.flower (fedops manager --flower)';

/**
 * A client of Python's that finds no address for its Flower client fails within its start, and answers with status 500
 * and no reason.
 */
export function withMissingAddress(
  error: FedOpsError,
  { server_ip }: ManagerData,
  { session }: Pick<ClientReport, 'session'>,
): FedOpsError {
  if (error.details.status !== 500 || session !== null || hasServerPort({ server_ip })) return error;
  return new FedOpsError(error.code, `${error.message}; ${WHY}`, { cause: error, details: error.details });
}
