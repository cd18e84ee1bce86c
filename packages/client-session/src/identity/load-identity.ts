import { randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClientId, FedOpsError } from '@fedops/shared-types';
import type { ClientIdentity } from '../session/session.js';
import { identityFileText, parseIdentityFile } from './identity-file.js';
import { makeDirectory } from './make-directory.js';

const FILE_NAME = 'client-identity.json';

/**
 * The identity of this device: id and key, made at the first call and kept in `directory` (mode 0700, file 0600).
 *
 * @param clientId A configured id, which stands in place of the one that was made; the key is kept all the same.
 * @throws {FedOpsError} `storage` where the file cannot be read, is none of ours, or cannot be written; never a new
 *   identity in place of one that is there.
 */
export async function loadIdentity(directory: string, clientId?: ClientId): Promise<ClientIdentity> {
  const path = join(directory, FILE_NAME);
  const kept = (await readIdentity(path)) ?? (await makeIdentity(directory, path));
  return clientId === undefined ? kept : { ...kept, clientId };
}

async function readIdentity(path: string): Promise<ClientIdentity | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw storageError('cannot be read', path, cause);
  }
  return parseIdentityFile(text, path);
}

async function makeIdentity(directory: string, path: string): Promise<ClientIdentity> {
  const identity = {
    clientId: `client-${randomUUID()}` as ClientId,
    key: randomBytes(32).toString('base64url'),
  };
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await makeDirectory(directory);
    await writeDurably(temporary, identityFileText(identity));
    await publishOnce(temporary, path);
  } catch (cause) {
    throw storageError('cannot be written', path, cause);
  }
  // Another process may have been first: what lies there now is the identity.
  const published = await readIdentity(path);
  if (published === undefined) throw storageError('vanished', path, undefined);
  return published;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives the file its name unless there is one of that name; where hard links are missing, by renaming. */
async function publishOnce(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EEXIST') return rename(temporary, path);
  }
  await unlink(temporary);
}

function storageError(problem: string, path: string, cause: unknown): FedOpsError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const why = code === undefined ? '' : ` (${code})`;
  return new FedOpsError('storage', `client identity ${path} ${problem}${why}`, { cause });
}
