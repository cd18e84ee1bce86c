import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The open sockets of a server, from its start on; also those that have not sent a request yet.
 *
 * Once the server takes no more connections, a connection ends with its request instead of staying alive.
 */
export function trackConnections(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', (_request, response) => {
    response.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
  });
  return open;
}

/**
 * Ends a server: idle connections now, busy ones when they are done, all of them after the grace time. Idle are also
 * those that never sent a byte: browsers and others open connections ahead of need, and Node counts them as busy.
 */
export function closeServer(
  server: Server,
  connections: ReadonlySet<Socket>,
  graceMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => {
      for (const socket of connections) socket.destroy();
    }, graceMs);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    server.closeIdleConnections();
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  });
}
