import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '../../output/output.js';

/**
 * Warns where other users of this machine can read or change the file with a client's key, and says what to do; the
 * client goes on. Modes mean nothing on Windows.
 */
export async function warnOfOpenIdentity(
  { note }: Pick<Output, 'note'>,
  dataDir: string,
  platform: NodeJS.Platform,
): Promise<void> {
  if (platform === 'win32') return;
  const path = join(dataDir, 'client-identity.json');
  const mode = await stat(path).then(
    (file) => file.mode & 0o777,
    () => 0,
  );
  if ((mode & 0o077) === 0) return;
  note(
    `warning: ${path} has mode 0${mode.toString(8)}, and whoever reads it can take part as this client: chmod 600 ${path}`,
  );
}
