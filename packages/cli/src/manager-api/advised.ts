import { FedOpsError } from '@fedops/shared-types';

/** The error with what one can do about it, where that is not plain from it. Pure. */
export function advised(error: FedOpsError, managerUrl: string): FedOpsError {
  const advice = adviceFor(error, managerUrl);
  if (advice === undefined) return error;
  const { code, message, details } = error;
  return new FedOpsError(code, `${message}\n${advice}`, { details: { ...details, advice }, cause: error });
}

function adviceFor({ code, details }: FedOpsError, managerUrl: string): string | undefined {
  switch (code) {
    case 'unavailable':
      return details.status === undefined
        ? `no server manager answers at ${managerUrl}: start one (fedops manager), or name another (--manager, FEDOPS_SERVER_MANAGER_URL)`
        : undefined;
    case 'unauthenticated':
      return "show the operator's token: FEDOPS_ADMIN_TOKEN, or a file that holds it (--token-file)";
    case 'permission-denied':
      return "it must be the operator's token, not that of devices; and the manager must know the name that it is called by";
    case 'bad-response':
      return `is it a server manager of this version that answers at ${managerUrl}?`;
    default:
      return undefined;
  }
}
