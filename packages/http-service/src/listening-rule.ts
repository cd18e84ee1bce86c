import { FedOpsError } from '@fedops/shared-types';
import { isLoopback } from './host-name.js';

/** How exposed a listener would be. */
export interface Exposure {
  readonly host: string;
  /** Whether callers must show a credential. */
  readonly credentials: boolean;
  readonly tls: boolean;
  /** The operator's word that the network is to be trusted. */
  readonly insecure: boolean;
}

/**
 * What to warn of before listening; undefined where there is nothing.
 *
 * On loopback everything goes. Beyond it a service needs credentials, so that not everybody may use it, and TLS, so
 * that not everybody may read them; or `insecure`.
 *
 * @throws {FedOpsError} `invalid-argument` where one of the two is missing and `insecure` is not set.
 */
export function exposureWarning({ host, credentials, tls, insecure }: Exposure): string | undefined {
  if (isLoopback(host)) return undefined;
  const missing = [...(credentials ? [] : ['credentials']), ...(tls ? [] : ['TLS'])];
  if (missing.length === 0) return undefined;
  const what = `${host} can be reached from other machines, without ${missing.join(' and without ')}`;
  if (insecure) return what;
  throw new FedOpsError('invalid-argument', `${what}; configure it, listen on 127.0.0.1, or set insecure`, {
    details: { host, missing },
  });
}
