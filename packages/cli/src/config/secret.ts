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
}

/**
 * The secret: a file that a flag names, else the variable, else a file that environment or configuration name.
 *
 * @throws {FedOpsError} as `readTokenFile`.
 */
export async function secretFrom(
  { flags, context }: Pick<Call, 'flags' | 'context'>,
  { setting, variable, file }: SecretSource,
): Promise<string | undefined> {
  const isFlagged = flags[setting] !== undefined;
  const value = isFlagged ? '' : (context.env[variable]?.trim() ?? '');
  if (value !== '') return value;
  return file === undefined ? undefined : readTokenFile(file);
}
