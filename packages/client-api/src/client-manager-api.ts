import type { ManagerInfo } from '@fedops/shared-types';
import { requiredBaseUrl } from './base-url.js';
import { clientManagerRoutes } from './routes/client-manager.js';
import { createService, type Service } from './service.js';
import {
  type ApiParts,
  type ApiSettings,
  type CallOptions,
  resolveParts,
  resolveSettings,
} from './settings.js';

/** How a `ClientManagerAPI` reaches its manager, and how long its calls take. */
export interface ClientManagerSettings extends ApiSettings {
  /** Of the client manager. Default: `FEDOPS_CLIENT_MANAGER_URL`. */
  readonly baseUrl?: string;
}

/**
 * A client's line to the client manager of its device. Each method returns the manager's state after the call.
 *
 * Every method throws `FedOpsError`: `unavailable`, `deadline-exceeded`, `overloaded`, `bad-response`,
 * `internal`, `aborted`, or what the service's status says.
 */
export class ClientManagerAPI {
  readonly baseUrl: string;
  readonly #service: Service;

  /** @throws {FedOpsError} `invalid-argument` where there is no base URL, or a setting is wrong. */
  constructor(settings: ClientManagerSettings = {}, parts: ApiParts = {}) {
    const resolved = resolveParts(parts);
    this.baseUrl = requiredBaseUrl(settings.baseUrl, resolved.env, ['FEDOPS_CLIENT_MANAGER_URL']);
    this.#service = createService(this.baseUrl, resolved, resolveSettings(settings, resolved.env));
  }

  /** What the manager knows: of the task, of the FL server, and of this client. */
  getInfo(options?: CallOptions): Promise<ManagerInfo> {
    return this.#service.call(clientManagerRoutes.info, options);
  }

  /** Tells the manager that the client leaves, after an error or a normal end. */
  getClientOut(options?: CallOptions): Promise<ManagerInfo> {
    return this.#service.call(clientManagerRoutes.clientOut, options);
  }

  /**
   * Tells the manager that the local training ended well.
   *
   * Not sent again once it may have been heard, as it makes Python's manager close the task; after a lost answer
   * `client_training` of `getInfo()` tells whether it arrived.
   */
  getTrainFin(options?: CallOptions): Promise<ManagerInfo> {
    return this.#service.call(clientManagerRoutes.trainFin, options);
  }

  /** Tells the manager that the local training failed; sent again as `getTrainFin` is. */
  getTrainFail(options?: CallOptions): Promise<ManagerInfo> {
    return this.#service.call(clientManagerRoutes.trainFail, options);
  }
}
