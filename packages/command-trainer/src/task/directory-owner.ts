import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * The socket in a directory that its owner listens on for as long as it lives: unlike a process number, it is never
 * somebody else's, and processes in other containers can ask after it. The host is part of the name, for on a disk
 * that machines share each would find the other's sockets dead.
 */
const OWNER = `owner-${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}`;

/** The address of a socket ends here on macOS, which has least room: 104 bytes with the NUL. */
const MAX_PATH_BYTES = 103;

/** Sockets are no files on Windows. */
const HAS_SOCKET_FILES = process.platform !== 'win32';

/**
 * Marks a directory as a living process's. Where the system has no room or means for the mark, the directory goes
 * without one, and is nobody's to sweep.
 *
 * @returns Ends the ownership, as the end of the process does.
 */
export async function ownDirectory(directory: string): Promise<() => void> {
  const path = join(directory, OWNER);
  // Between bind and listen a socket looks dead: it gets its name when it listens.
  const unfinished = `${path}~`;
  if (!canBeAddress(unfinished)) return () => undefined;
  const server = createServer((socket) => socket.destroy()).unref();
  const release = () => void server.close();
  try {
    // A worker of a cluster would leave the listening to its primary, which lives on.
    server.listen({ path: unfinished, exclusive: true });
    await once(server, 'listening');
    // A caller that cannot be let in has had its answer.
    server.on('error', () => undefined);
    await rename(unfinished, path);
  } catch {
    release();
  }
  return release;
}

/** True where the owner of a directory on this host has ended; false where it lives or nothing can be told. */
export function isAbandoned(directory: string): Promise<boolean> {
  const path = join(directory, OWNER);
  if (!canBeAddress(path)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });
}

function canBeAddress(path: string): boolean {
  return HAS_SOCKET_FILES && Buffer.byteLength(path) <= MAX_PATH_BYTES;
}
