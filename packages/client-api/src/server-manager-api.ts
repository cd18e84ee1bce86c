import {
  type ClientPart,
  type Device,
  type ManagedRun,
  type ModelVersion,
  type ModelVersionDetail,
  parseWith,
  type RunRequest,
  RunRequestSchema,
  type RunView,
  type Task,
  type TaskChanges,
  TaskChangesSchema,
  type TaskInput,
  TaskInputSchema,
} from '@fedops/shared-types';
import { requiredBaseUrl } from './base-url.js';
import { managerV1Routes } from './routes/manager-v1.js';
import { createService, type Service } from './service.js';
import {
  type ApiParts,
  type ApiSettings,
  type CallOptions,
  resolveParts,
  resolveSettings,
} from './settings.js';

/** How a `ServerManagerAPI` reaches its manager, and how long its calls take. */
export interface ServerManagerApiSettings extends ApiSettings {
  /** Of the server manager. Default: `FEDOPS_SERVER_MANAGER_URL`. */
  readonly baseUrl?: string;
}

/** Which runs a page of them holds, newest first. */
export interface ListRunsOptions extends CallOptions {
  /** Runs of this task alone. */
  readonly taskId?: string;
  /** From 1 to 1000. Default: 100. */
  readonly limit?: number;
  /** The last run of the page before. */
  readonly before?: string;
}

/**
 * An operator's line to a server manager of ours: its own API, docs/protocol.md 4. Answers are checked by their schemas.
 *
 * Every method rejects with `FedOpsError`: `invalid-argument` for what must not be sent (the field is named),
 * `unauthenticated`, `permission-denied`, `not-found`, `conflict`, `unavailable`, `deadline-exceeded`, `overloaded`,
 * `bad-response`, `aborted`, or what else the manager says.
 */
export class ServerManagerAPI {
  readonly baseUrl: string;
  readonly #service: Service;

  /** @throws {FedOpsError} `invalid-argument` where there is no base URL, or a setting is wrong. */
  constructor(settings: ServerManagerApiSettings = {}, parts: ApiParts = {}) {
    const resolved = resolveParts(parts);
    this.baseUrl = requiredBaseUrl(settings.baseUrl, resolved.env, ['FEDOPS_SERVER_MANAGER_URL']);
    this.#service = createService(this.baseUrl, resolved, resolveSettings(settings, resolved.env));
  }

  /** Resolves when the manager answers at all; asks for no token. */
  async checkHealth(options?: CallOptions): Promise<void> {
    await this.#service.call(managerV1Routes.health, options);
  }

  /** @throws {FedOpsError} `conflict` where there is a task of this id. */
  async createTask(input: TaskInput, options?: CallOptions): Promise<Task> {
    parseWith(TaskInputSchema, input, 'task');
    return this.#service.call(managerV1Routes.createTask(input), options);
  }

  /** All tasks, in the order of their ids. */
  async listTasks(options?: CallOptions): Promise<readonly Task[]> {
    return this.#service.call(managerV1Routes.tasks, options);
  }

  async getTask(taskId: string, options?: CallOptions): Promise<Task> {
    return this.#service.call(managerV1Routes.task(taskId), options);
  }

  /** The task as it is then. A run that goes on keeps the settings that it began with. */
  async changeTask(taskId: string, changes: TaskChanges, options?: CallOptions): Promise<Task> {
    parseWith(TaskChangesSchema, changes, 'changes of a task');
    return this.#service.call(managerV1Routes.changeTask(taskId, changes), options);
  }

  /** Starts a run; what is not given is the task's. @throws {FedOpsError} `conflict` while one goes on. */
  async startRun(taskId: string, request: RunRequest = {}, options?: CallOptions): Promise<ManagedRun> {
    parseWith(RunRequestSchema, request, 'request for a run');
    return this.#service.call(managerV1Routes.startRun(taskId, request), options);
  }

  /** Newest first. */
  async listRuns(options: ListRunsOptions = {}): Promise<readonly ManagedRun[]> {
    const { taskId, limit, before } = options;
    const query = {
      ...(taskId !== undefined && { task: taskId }),
      ...(limit !== undefined && { limit: String(limit) }),
      ...(before !== undefined && { before }),
    };
    return this.#service.call(managerV1Routes.runs(query), options);
  }

  async getRun(runId: string, options?: CallOptions): Promise<ManagedRun> {
    return this.#service.call(managerV1Routes.run(runId), options);
  }

  /** Tells a run to end, and returns it as it is now; one that is over stays as it is. */
  async stopRun(runId: string, message?: string, options?: CallOptions): Promise<ManagedRun> {
    return this.#service.call(managerV1Routes.stopRun(runId, message), options);
  }

  /**
   * A run from within: as its FL server has it, or had it last.
   *
   * @throws {FedOpsError} `unavailable` also where that server does not answer and nothing was seen of it.
   */
  async viewRun(runId: string, options?: CallOptions): Promise<RunView> {
    return this.#service.call(managerV1Routes.view(runId), options);
  }

  /** How each client's part of a run ended, of those that said so. */
  async listParts(runId: string, options?: CallOptions): Promise<readonly ClientPart[]> {
    return this.#service.call(managerV1Routes.parts(runId), options);
  }

  /** The devices of a task, or of all tasks. */
  async listDevices(taskId?: string, options?: CallOptions): Promise<readonly Device[]> {
    const route = taskId === undefined ? managerV1Routes.devices : managerV1Routes.taskDevices(taskId);
    return this.#service.call(route, options);
  }

  /** The published versions of a task, newest first. */
  async listModels(taskId: string, options?: CallOptions): Promise<readonly ModelVersion[]> {
    return this.#service.call(managerV1Routes.models(taskId), options);
  }

  /** @param version A number, `latest` or `best`. */
  async getModel(
    taskId: string,
    version: number | 'latest' | 'best',
    options?: CallOptions,
  ): Promise<ModelVersionDetail> {
    return this.#service.call(managerV1Routes.model(taskId, String(version)), options);
  }
}
