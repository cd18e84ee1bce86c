import { ClientIdSchema, FedOpsError, RegistrationSchema } from '@fedops/shared-types';
import type { ClientIdentity } from '../session/session.js';

const MAGIC = 'fedops-client-identity';
const VERSION = 1;

/** The content of an identity file. */
export function identityFileText({ clientId, key }: ClientIdentity): string {
  return `${JSON.stringify({ magic: MAGIC, version: VERSION, clientId, key }, null, 2)}\n`;
}

/**
 * The identity in a file's content.
 *
 * @param path For the message.
 * @throws {FedOpsError} `storage` where the content is not ours, of another version, or damaged; the message repeats
 *   nothing of it.
 */
export function parseIdentityFile(text: string, path: string): ClientIdentity {
  const content = parseJson(text);
  if (content?.magic !== MAGIC) throw refused(path, 'expected a FedOps client identity');
  if (content.version !== VERSION) throw refused(path, `expected version ${VERSION}`);
  const clientId = ClientIdSchema.safeParse(content.clientId);
  const key = RegistrationSchema.shape.key.safeParse(content.key);
  if (!clientId.success || !key.success) throw refused(path, 'expected an id and a key');
  return { clientId: clientId.data, key: key.data };
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function refused(path: string, problem: string): FedOpsError {
  return new FedOpsError('storage', `client identity ${path}: ${problem}`);
}
