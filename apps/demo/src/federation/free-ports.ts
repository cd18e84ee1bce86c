import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { FedOpsError } from '@fedops/shared-types';

/** Below those that Linux (32,768), macOS and Windows (49,152) take for outgoing connections. */
const FIRST = 20_000;
const COUNT = 12_000;

/**
 * So many ports of loopback on which nobody listens now. A client app and its manager each need to know where the
 * other will be before either has begun, and a client app that comes back has to be where it was.
 *
 * @param random From 0 up to 1: where to begin, so that demos beside one another seldom meet.
 * @throws {FedOpsError} `overloaded` where there are not so many.
 */
export async function freePorts(count: number, random: () => number = Math.random): Promise<number[]> {
  const start = Math.floor(random() * COUNT);
  const held = new Map<number, Server>();
  try {
    for (let i = 0; i < COUNT && held.size < count; i++) {
      const port = FIRST + ((start + i) % COUNT);
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
