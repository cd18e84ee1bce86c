import { randomBytes, randomUUID } from 'node:crypto';
import { link, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import { readTokenFile } from '../../config/token-file.js';

/** Where `fedops dev` keeps what it has; for this user alone. */
export interface DevDirectory {
  readonly root: string;
  readonly managerData: string;
  /** Files with secrets, made once. */
  readonly adminTokenFile: string;
  readonly joinTokenFile: string;
  readonly adminToken: string;
  readonly joinToken: string;
  client(clientId: string): string;
  log(name: string): string;
  model(version: number): string;
}

/** @throws {FedOpsError} `storage` where the directory cannot be used; `invalid-argument` for a token file that is damaged. */
export async function openDevDirectory(root: string): Promise<DevDirectory> {
  const adminTokenFile = join(root, 'admin.token');
  const joinTokenFile = join(root, 'join.token');
  try {
    for (const directory of ['logs', 'models']) {
      await makeDirectory(join(root, directory));
    }
    await makeToken(adminTokenFile);
    await makeToken(joinTokenFile);
  } catch (cause) {
    throw new FedOpsError('storage', `cannot use ${root}: ${FedOpsError.from(cause).message}`, { cause });
  }
  return {
    root,
    managerData: join(root, 'manager'),
    adminTokenFile,
    joinTokenFile,
    adminToken: await readTokenFile(adminTokenFile),
    joinToken: await readTokenFile(joinTokenFile),
    client: (clientId) => join(root, 'clients', clientId),
    log: (name) => join(root, 'logs', `${name}.log`),
    model: (version) => join(root, 'models', `V${version}.params`),
  };
}

/**
 * Leaves a file that is there as it is, but for an empty one: a full disk or a power cut left that. Written aside first,
 * so that nobody reads half a token.
 */
async function makeToken(path: string): Promise<void> {
  const size = await stat(path).then(
    (file) => file.size,
    () => undefined,
  );
  if (size === 0) await rm(path, { force: true });
  else if (size !== undefined) return;
  const aside = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(aside, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    await link(aside, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  } finally {
    await rm(aside, { force: true });
  }
}
