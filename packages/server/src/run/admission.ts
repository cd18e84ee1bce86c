import { type ClientId, FedOpsError } from '@fedops/shared-types';
import type { RunPlan } from './run-plan.js';

/** Lets clients into a run. @throws {FedOpsError} `permission-denied` for a client that is not listed. */
export type Admission = (client: ClientId) => void;

/** Who may take part in the run. */
export function admissionTo({ clients, runId }: Pick<RunPlan, 'clients' | 'runId'>): Admission {
  if (clients.kind === 'any') return () => {};
  const listed = new Set<ClientId>(clients.ids);
  return (client) => {
    if (listed.has(client)) return;
    throw new FedOpsError(
      'permission-denied',
      `run ${runId} is for listed clients alone, and ${client} is not among them`,
      { details: { runId, reason: 'not-listed' } },
    );
  };
}

/** The listed clients that are not connected, in the order of ids; none where every client may take part. */
export function absentListed(
  { clients }: Pick<RunPlan, 'clients'>,
  connected: Iterable<ClientId>,
): ClientId[] {
  if (clients.kind === 'any') return [];
  const there = new Set(connected);
  return clients.ids.filter((client) => !there.has(client));
}
