import { FedOpsError } from '@fedops/shared-types';

/** Where a Flower server listens. */
export interface ServerAddress {
  /** As gRPC wants it: `host:port`. */
  readonly target: string;
  readonly isSecured: boolean;
}

const SCHEME = /^(grpc|grpcs|http|https):\/\//;
const HOST_AND_PORT = /^(\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]]+):(\d{1,5})\/?$/;

/**
 * Reads `host:port`, as Flower writes an address, or a URL without a path: `grpc://`, `http://` for plain
 * connections, `grpcs://`, `https://` for TLS.
 *
 * @throws {FedOpsError} `invalid-argument` for anything else.
 */
export function parseServerAddress(text: string): ServerAddress {
  const scheme = SCHEME.exec(text)?.[1];
  const rest = scheme === undefined ? text : text.slice(scheme.length + 3);
  const [, host, port] = HOST_AND_PORT.exec(rest) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new FedOpsError(
      'invalid-argument',
      `address: expected host:port or a URL without a path, got ${JSON.stringify(text.slice(0, 200))}`,
    );
  }
  return { target: `${host}:${port}`, isSecured: scheme === 'grpcs' || scheme === 'https' };
}
