import { createHash, randomBytes } from 'node:crypto';

/** A new token, 256 bits, in characters that a header may carry. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a secret, so that whoever reads the store cannot use it. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
