// Stands in for the door of @fedops/flower-door: whoever connects is greeted. With `?closed` it does not open; with
// `?flags` it says how Node was started.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { FedOpsError } from '@fedops/shared-types';

export function flowerDoor({ host, port, tls }) {
  return async ({ run }) => {
    if (import.meta.url.endsWith('?closed')) throw new FedOpsError('unavailable', 'the door does not open');
    const words = import.meta.url.endsWith('?flags') ? process.execArgv.join(' ') : `door of ${run.taskId}`;
    const greet = (socket) => socket.end(words);
    const server = tls === undefined ? createServer(greet) : createSecureServer(tls, greet);
    server.listen({ host, port });
    await once(server, 'listening');
    return {
      url: `grpc://${host}:${server.address().port}`,
      close: () => new Promise((resolve) => server.close(() => resolve())),
    };
  };
}
