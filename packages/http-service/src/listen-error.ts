import { FedOpsError } from '@fedops/shared-types';

/** The typed error behind a failure to listen. */
export function listenError(error: NodeJS.ErrnoException, host: string, port: number): FedOpsError {
  const options = { cause: error, details: { host, port } };
  switch (error.code) {
    case 'EADDRINUSE':
      return new FedOpsError('unavailable', `port ${port} on ${host} is in use`, options);
    case 'EACCES':
    case 'EPERM':
      return new FedOpsError('permission-denied', `this user may not listen on port ${port}`, options);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new FedOpsError('invalid-argument', `${host} is no address of this machine`, options);
    default:
      return new FedOpsError(
        'unavailable',
        `cannot listen on ${host}, port ${port}: ${error.message}`,
        options,
      );
  }
}
