import {
  type ApiSettings,
  ClientManagerAPI,
  type ClientManagerSettings,
  ClientServerAPI,
  type TaskApiSettings,
} from '@fedops/client-api';
import type { Managers } from '../report/managers.js';
import { type Environment, variable } from './environment.js';

/** Which managers a task talks to. Left out and not in the environment: none. */
export interface ManagerSettings {
  readonly taskId: string;
  /** The device's client manager; default: `FEDOPS_CLIENT_MANAGER_URL`. */
  readonly manager?: ClientManagerSettings;
  /** The server manager and its performance service; default: `FEDOPS_SERVER_MANAGER_URL`, `FEDOPS_CLIENT_PERFORMANCE_URL`. */
  readonly serverManager?: TaskApiSettings;
}

/** The managers that are configured. @throws {FedOpsError} `invalid-argument` for a wrong URL or setting. */
export function managersFrom(
  { taskId, manager, serverManager }: ManagerSettings,
  env: Environment,
): Managers {
  const server = isConfigured(serverManager, variable(env, 'FEDOPS_SERVER_MANAGER_URL'))
    ? new ClientServerAPI(taskId, serverManager, { env })
    : undefined;
  return {
    client: isConfigured(manager, variable(env, 'FEDOPS_CLIENT_MANAGER_URL'))
      ? new ClientManagerAPI(manager, { env })
      : undefined,
    server,
    performance: server?.performanceUrl == null ? undefined : server,
  };
}

function isConfigured(settings: ApiSettings | undefined, url: string | undefined): boolean {
  return settings !== undefined || url !== undefined;
}
