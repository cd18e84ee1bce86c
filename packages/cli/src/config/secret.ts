import { FedOpsError } from '@fedops/shared-types';
import type { Call } from '../call.js';
import { readTokenFile } from './token-file.js';

/** Where a secret comes from. Its own words never stand on a command line or in the configuration file. */
export interface SecretSource {
  /** Name of the setting that holds the file's path. */
  readonly setting: string;
  /** Variable of the environment that holds the secret itself. */
  readonly variable: string;
  /** The setting's value. */
  readonly file: string | undefined;
  /** In characters; a service that asks for the secret wants it to be so long. */
  readonly leastLength?: number;
}

/**
 * The secret: a file that a flag names, else the variable, else a file that environment or configuration name.
 *
 * @throws {FedOpsError} as `readTokenFile`; `invalid-argument` where it is too short, with the name of the file or of
 *   the variable.
 */
export async function secretFrom(
  { flags, context }: Pick<Call, 'flags' | 'context'>,
  { setting, variable, file, leastLength = 1 }: SecretSource,
): Promise<string | undefined> {
  const isFlagged = flags[setting] !== undefined;
  const value = isFlagged ? '' : (context.env[variable]?.trim() ?? '');
  const [secret, source] =
    value !== '' ? [value, variable] : file === undefined ? [] : [await readTokenFile(file), file];
  if (secret === undefined || secret.length >= leastLength) return secret;
  throw new FedOpsError(
    'invalid-argument',
    `${source} must hold a token of at least ${leastLength} characters, got ${secret.length}`,
  );
}
