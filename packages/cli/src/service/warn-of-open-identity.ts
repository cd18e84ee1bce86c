import { stat } from 'node:fs/promises';
import type { Output } from '../output/output.js';

/**
 * Warns where other users of this machine can read or change the file with the key of a client or of a device, and
 * says what to do; the service goes on. Modes mean nothing on Windows.
 *
 * @param holder Whose key it is: `client`, `device`.
 */
export async function warnOfOpenIdentity(
  { note }: Pick<Output, 'note'>,
  path: string,
  holder: 'client' | 'device',
  platform: NodeJS.Platform,
): Promise<void> {
  if (platform === 'win32') return;
  const mode = await stat(path).then(
    (file) => file.mode & 0o777,
    () => 0,
  );
  if ((mode & 0o077) === 0) return;
  note(
    `warning: ${path} has mode 0${mode.toString(8)}, and whoever reads it can take part as this ${holder}: chmod 600 ${path}`,
  );
}
