import type { FLServerSettings } from '@fedops/server';
import type { ClientsPerRound } from '@fedops/shared-types';

/** A client that is silent for a lease counts as lost; with many on a small machine each may be late. */
export function serverLimits(clients: ClientsPerRound): NonNullable<FLServerSettings['limits']> {
  const count = clients.kind === 'all' ? clients.atLeast : clients.count;
  return { leaseMs: Math.max(5_000, 500 * count), maxConcurrentUploads: Math.max(16, count) };
}
