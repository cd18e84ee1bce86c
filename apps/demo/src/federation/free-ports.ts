import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { FedOpsError } from '@fedops/shared-types';

interface PortRange {
  readonly first: number;
  readonly size: number;
}

/** Below those that Linux (from 32,768), macOS and Windows (from 49,152) take for outgoing connections. */
const QUIET_PORTS: PortRange = { first: 20_000, size: 12_000 };

/**
 * So many ports of loopback on which nobody listens now. A client app and its manager each are told where the other will
 * be before either has begun, and a client app that comes back has to be where it was.
 *
 * @throws {FedOpsError} `overloaded` where there are not so many.
 */
export async function freePorts(
  count: number,
  { first, size }: PortRange = QUIET_PORTS,
): Promise<readonly number[]> {
  // Anywhere among them, so that demos beside one another seldom meet.
  const start = Math.floor(Math.random() * size);
  const held = new Map<number, Server>();
  try {
    for (let i = 0; i < size && held.size < count; i++) {
      const port = first + ((start + i) % size);
      const server = await listening(port);
      if (server !== undefined) held.set(port, server);
    }
  } finally {
    await Promise.all([...held.values()].map(closed));
  }
  if (held.size < count)
    throw new FedOpsError('overloaded', `fewer than ${count} free ports on this machine`);
  return [...held.keys()];
}

async function listening(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
