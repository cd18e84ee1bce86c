import { readFile } from 'node:fs/promises';
import { FedOpsError } from '@fedops/shared-types';

/**
 * The secret that a file holds, without the white space around it.
 *
 * @throws {FedOpsError} `not-found`, `storage`; `invalid-argument` where the file is empty or holds more than one word.
 */
export async function readTokenFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' ? 'not-found' : 'storage';
    throw new FedOpsError(code, `cannot read the token file ${path}: ${cause.message}`, { cause });
  });
  const token = text.trim();
  if (/^[\x21-\x7e]{1,500}$/.test(token)) return token;
  throw new FedOpsError(
    'invalid-argument',
    `${path} must hold one token: up to 500 visible ASCII characters`,
  );
}
