import { FedOpsError, parseHostPort } from '@fedops/shared-types';
import { type Environment, variable } from './environment.js';

/** What the device's owner says of the FL server's address, whatever a start or the server manager say. */
export type ServerOverride =
  | { readonly kind: 'none' }
  /** `host:port`, so that nobody is asked for the port. */
  | { readonly kind: 'server'; readonly server: string }
  /** A host in place of the one that was named; the port stays. */
  | { readonly kind: 'host'; readonly host: string };

/**
 * The override in `FEDOPS_AGGREGATION_SERVER`, else that in `FEDOPS_AGGREGATION_HOST`. Python's clients read both alike.
 *
 * @throws {FedOpsError} `invalid-argument`, naming the variable.
 */
export function serverOverride(env: Environment): ServerOverride {
  const server = variable(env, 'FEDOPS_AGGREGATION_SERVER');
  if (server !== undefined) {
    if (parseHostPort(server)?.port == null) throw wrong('FEDOPS_AGGREGATION_SERVER', 'host:port', server);
    return { kind: 'server', server };
  }
  const host = variable(env, 'FEDOPS_AGGREGATION_HOST');
  if (host === undefined) return { kind: 'none' };
  const parsed = parseHostPort(host);
  if (parsed?.port !== null) throw wrong('FEDOPS_AGGREGATION_HOST', 'a host without a port', host);
  return { kind: 'host', host: parsed.host };
}

/** The hosts that an override names; whoever sets it allows them. */
export function hostsOfOverride(override: ServerOverride): readonly string[] {
  switch (override.kind) {
    case 'none':
      return [];
    case 'server':
      return [override.server];
    case 'host':
      return [override.host];
  }
}

function wrong(name: string, expected: string, value: string): FedOpsError {
  return new FedOpsError(
    'invalid-argument',
    `${name}: expected ${expected}, got ${JSON.stringify(value.slice(0, 200))}`,
  );
}
