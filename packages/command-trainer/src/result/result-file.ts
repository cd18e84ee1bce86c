import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';

/** How a result file is read. */
export interface ResultReading {
  /** A larger file is refused before it is read. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** So much is read before the signal is looked at again. */
const PIECE_BYTES = 16 * 1024 ** 2;

/** A pipe in the place of a file would never open. Windows has no such flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * What a program wrote.
 *
 * @throws {FedOpsError} `bad-response` for what is not there, no file, or too large; `storage` where it cannot be read;
 *   the signal's reason.
 */
export async function readResultFile(path: string, reading: ResultReading): Promise<Uint8Array<ArrayBuffer>> {
  const name = basename(path);
  let handle: FileHandle;
  try {
    handle = await open(path, FLAGS);
  } catch (cause) {
    throw notOpened(name, cause);
  }
  try {
    return await contentsOf(handle, name, reading);
  } catch (error) {
    if (FedOpsError.is(error)) throw error;
    throw unreadable(name, error);
  } finally {
    await handle.close();
  }
}

async function contentsOf(
  handle: FileHandle,
  name: string,
  { maxBytes, signal }: ResultReading,
): Promise<Uint8Array<ArrayBuffer>> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new FedOpsError('bad-response', `${name}: expected a file`);
  if (stats.size > maxBytes) {
    throw new FedOpsError('bad-response', `${name}: ${stats.size} bytes, at most ${maxBytes} allowed`);
  }
  const bytes = new Uint8Array(stats.size);
  let length = 0;
  while (length < bytes.length) {
    signal.throwIfAborted();
    const piece = bytes.subarray(length, length + PIECE_BYTES);
    const { bytesRead } = await handle.read(piece, 0, piece.length);
    if (bytesRead === 0) throw new FedOpsError('bad-response', `${name}: it shrank while it was read`);
    length += bytesRead;
  }
  return bytes;
}

/** What the program put there, or did not: a socket (ENXIO), a link to itself (ELOOP). */
const NO_FILE: readonly unknown[] = ['ELOOP', 'ENOTDIR', 'ENXIO', 'EOPNOTSUPP'];

function notOpened(name: string, cause: unknown): FedOpsError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new FedOpsError('bad-response', `the program wrote no ${name}`, { cause });
  if (NO_FILE.includes(code)) return new FedOpsError('bad-response', `${name}: expected a file`, { cause });
  return unreadable(name, cause);
}

function unreadable(name: string, cause: unknown): FedOpsError {
  return new FedOpsError('storage', `cannot read ${name}: ${FedOpsError.from(cause).message}`, { cause });
}
