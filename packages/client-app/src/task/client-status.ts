import type { ClientStatus } from '@fedops/shared-types';
import { isBusy, type TaskState } from './task-state.js';

/** What a status says beside the state. */
export interface StatusFacts {
  readonly taskId: string;
  /** A label of the device, never its identity. */
  readonly clientMac: string | null;
  readonly clientName: string | null;
  /** `host:port` of the FL server last used. */
  readonly serverAddress: string | null;
  /** The global model version that the run is to publish, n + 1; 0 until a server has said. */
  readonly nextVersion: number;
}

/**
 * The status that a client shows to managers and servers. Its booleans follow from the state: they cannot contradict
 * one another, and a failure is gone with the next start.
 */
export function clientStatusOf(state: TaskState, facts: StatusFacts): ClientStatus {
  return {
    FL_task_id: facts.taskId,
    FL_client_num: 0,
    FL_client_mac: facts.clientMac,
    FL_client_name: facts.clientName,
    FL_client_online: true,
    FL_client_start: isBusy(state),
    FL_client_fail: state.phase === 'failed',
    FL_server_IP: facts.serverAddress,
    FL_next_gl_model: facts.nextVersion,
  };
}

/** `host:port` of a base URL, as Python FedOps writes an FL server's address. */
export function hostAndPortOf(baseUrl: string): string {
  const { hostname, port, protocol } = new URL(baseUrl);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
