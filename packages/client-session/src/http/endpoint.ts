import type { ClientId } from '@fedops/shared-types';
import { FedOpsError, type Sha256 } from '@fedops/shared-types';
import type { WorkKey } from '../connection.js';

/** An FL server's address: origin and, behind a proxy, a path in front of `/v1`. */
export interface Endpoint {
  readonly url: URL;
}

/**
 * @param baseUrl `http://host:port`, with a path where a proxy puts the server under one.
 * @throws {FedOpsError} `invalid-argument` where this is no http or https URL, or one that holds credentials.
 */
export function parseEndpoint(baseUrl: string): Endpoint {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new FedOpsError('invalid-argument', 'address of the FL server: expected an http or https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw new FedOpsError(
      'invalid-argument',
      'address of the FL server: credentials do not belong into the URL',
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return { url };
}

/** The paths of docs/protocol.md, section 1. Ids are percent-encoded. */
export const PATH = {
  clients: '/v1/clients',
  client: (id: ClientId) => `/v1/clients/${segment(id)}`,
  instruction: (id: ClientId, waitMs: number) => `/v1/clients/${segment(id)}/instruction?waitMs=${waitMs}`,
  heartbeat: (id: ClientId) => `/v1/clients/${segment(id)}/heartbeat`,
  parameters: (digest: Sha256) => `/v1/parameters/${digest}`,
  result: ({ runId, round }: WorkKey, kind: 'updates' | 'evaluations' | 'failures', id: ClientId) =>
    `/v1/runs/${segment(runId)}/rounds/${round}/${kind}/${segment(id)}`,
} as const;

/** Dots alone would be taken as a step in the path, by us or by a proxy. */
function segment(id: string): string {
  return encodeURIComponent(id).replace(/^\.{1,2}$/, (dots) => dots.replaceAll('.', '%2E'));
}
