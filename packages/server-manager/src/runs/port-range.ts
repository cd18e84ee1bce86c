import { createServer } from 'node:net';
import { FedOpsError } from '@fedops/shared-types';

/** Which ports FL servers may have. */
export interface PortRange {
  /**
   * A port that no run holds and no other program has; 0 where the system shall choose.
   *
   * @throws {FedOpsError} `overloaded` where there is none.
   */
  free(held: readonly (number | null)[]): Promise<number>;
}

/** The ports of a setting, on a host of this machine. */
export function portRange(
  ports: 'any' | { readonly first: number; readonly last: number },
  host: string,
): PortRange {
  return ports === 'any' ? anyPort : portsBetween(ports, canListen(host));
}

/** Any port: the system chooses. */
export const anyPort: PortRange = { free: async () => 0 };

/** The ports from `first` to `last`, lowest first. */
export function portsBetween(
  { first, last }: { readonly first: number; readonly last: number },
  isFree: (port: number) => Promise<boolean>,
): PortRange {
  return {
    async free(held) {
      for (let port = first; port <= last; port++) {
        if (!held.includes(port) && (await isFree(port))) return port;
      }
      throw new FedOpsError('overloaded', `all ports for FL servers are used, from ${first} to ${last}`, {
        details: { first, last },
      });
    },
  };
}

/** Whether a server could listen there now. */
export function canListen(host: string): (port: number) => Promise<boolean> {
  return (port) =>
    new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen({ host, port }, () => probe.close(() => resolve(true)));
    });
}
