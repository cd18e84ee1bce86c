import { FedOpsError, type Sha256 } from '@fedops/shared-types';

/**
 * The SHA-256 in a `Content-Digest` header, in hexadecimal.
 *
 * @throws {FedOpsError} `invalid-argument` where there is none.
 * @see RFC 9530, section 2
 */
export function parseContentDigest(header: string | undefined): Sha256 {
  const match = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header ?? '');
  if (match === null) {
    throw new FedOpsError(
      'invalid-argument',
      `Content-Digest: expected sha-256=:<base64>:, got ${header ?? 'none'}`,
    );
  }
  return Buffer.from(match[1]!, 'base64').toString('hex');
}
