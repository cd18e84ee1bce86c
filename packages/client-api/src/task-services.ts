import { FedOpsError, parseWith, type TaskId, TaskIdSchema } from '@fedops/shared-types';
import { baseUrlFrom, requiredBaseUrl } from './base-url.js';
import { createService, type Service } from './service.js';
import { type ApiParts, type ApiSettings, resolveParts, resolveSettings } from './settings.js';

/** How a `ClientServerAPI` or a `ServerAPI` reaches its two services, and how long its calls take. */
export interface TaskApiSettings extends ApiSettings {
  /** Of the server manager. Default: `FEDOPS_SERVER_MANAGER_URL`. */
  readonly baseUrl?: string;
  /** Of the performance service. Default: `FEDOPS_CLIENT_PERFORMANCE_URL`; without either, reports to it are refused. */
  readonly performanceUrl?: string;
}

/** The two services behind one task: its manager, and the performance service where there is one. */
export interface TaskServices {
  readonly taskId: TaskId;
  readonly baseUrl: string;
  readonly performanceUrl: string | null;
  readonly manager: Service;
  /** @throws {FedOpsError} `invalid-argument` where no performance service is configured. */
  performance(): Service;
}

const PERFORMANCE_VARIABLE = 'FEDOPS_CLIENT_PERFORMANCE_URL';

/**
 * @param managerVariables Where the manager's base URL may stand, the first that is set wins.
 * @throws {FedOpsError} `invalid-argument` for a bad task id, a missing or bad base URL, a wrong setting.
 */
export function createTaskServices(
  taskId: string,
  settings: TaskApiSettings,
  parts: ApiParts,
  managerVariables: readonly string[],
): TaskServices {
  const resolvedParts = resolveParts(parts);
  const { env } = resolvedParts;
  const resolved = resolveSettings(settings, env);
  const baseUrl = requiredBaseUrl(settings.baseUrl, env, managerVariables);
  const performanceUrl = baseUrlFrom(settings.performanceUrl, env, [PERFORMANCE_VARIABLE]) ?? null;
  const performance =
    performanceUrl === null
      ? undefined
      : createService(performanceUrl, resolvedParts, {
          ...resolved,
          token: haveOneOrigin(baseUrl, performanceUrl) ? resolved.token : undefined,
        });
  return {
    taskId: parseWith(TaskIdSchema, taskId, 'task id'),
    baseUrl,
    performanceUrl,
    manager: createService(baseUrl, resolvedParts, resolved),
    performance: () => {
      if (performance !== undefined) return performance;
      throw new FedOpsError(
        'invalid-argument',
        `no performance service: performanceUrl is not given and ${PERFORMANCE_VARIABLE} is not set`,
      );
    },
  };
}

function haveOneOrigin(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin;
}
