import { FedOpsError } from '@fedops/shared-types';

/**
 * The URL of a path at an FL server; the base URL may have a path in front.
 *
 * @throws {FedOpsError} `invalid-argument` for what is no http or https URL without credentials and query.
 */
export function addressOf(baseUrl: string, path: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
  if (!isPlain || url.username !== '' || url.password !== '') {
    throw new FedOpsError(
      'invalid-argument',
      'baseUrl: expected an http or https URL without credentials and query',
    );
  }
  return `${url.href.replace(/\/+$/, '')}${path}`;
}
