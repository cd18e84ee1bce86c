import {
  type GlModelEvaluation,
  GlModelEvaluationSchema,
  parseWith,
  RunFinishedSchema,
  type ServerStatus,
  type ServerStatusUpdate,
  ServerStatusUpdateSchema,
  type ServerTimeResult,
  ServerTimeResultSchema,
  type TaskId,
} from '@fedops/shared-types';
import type { OfTask } from './client-server-api.js';
import { performanceServiceRoutes } from './routes/performance-service.js';
import { serverManagerRoutes } from './routes/server-manager.js';
import type { ApiParts, CallOptions } from './settings.js';
import { createTaskServices, type TaskApiSettings, type TaskServices } from './task-services.js';

/**
 * An FL server's reports on its own task, to the server manager and the performance service.
 *
 * Every method rejects with `FedOpsError`, as those of `ClientServerAPI`. A manager of FedOps 1.3 answers
 * `conflict` to a report of a campaign that is no longer the current one.
 */
export class ServerAPI {
  readonly taskId: TaskId;
  readonly baseUrl: string;
  /** Null where no performance service is configured; reports to it then reject with `invalid-argument`. */
  readonly performanceUrl: string | null;
  readonly #services: TaskServices;

  /**
   * The manager's base URL may also stand in `SERVER_MANAGER_URL`.
   *
   * @throws {FedOpsError} `invalid-argument` for a bad task id, a missing or bad base URL, a wrong setting.
   */
  constructor(taskId: string, settings: TaskApiSettings = {}, parts: ApiParts = {}) {
    const variables = ['FEDOPS_SERVER_MANAGER_URL', 'SERVER_MANAGER_URL'];
    this.#services = createTaskServices(taskId, settings, parts, variables);
    this.taskId = this.#services.taskId;
    this.baseUrl = this.#services.baseUrl;
    this.performanceUrl = this.#services.performanceUrl;
  }

  /** How the server stands: ready or not, and the version that it is to publish. Always whole. */
  async putServerStatus(status: ServerStatusUpdate, options?: CallOptions): Promise<ServerStatus> {
    const body = parseWith(ServerStatusUpdateSchema, status, 'server status');
    const answer = await this.#services.manager.call(
      serverManagerRoutes.serverStatus(this.taskId, body),
      options,
    );
    return answer.Server_Status;
  }

  /** The run has ended: once per run, whatever Python's name for it says. */
  async putFlRoundFin(
    finished: { readonly campaign_run_id?: string } = {},
    options?: CallOptions,
  ): Promise<ServerStatus> {
    const body = parseWith(RunFinishedSchema, { ...finished, FLSeReady: false }, 'end of a run');
    const answer = await this.#services.manager.call(
      serverManagerRoutes.runFinished(this.taskId, body),
      options,
    );
    return answer.Server_Status;
  }

  /** The global model after one round. Returns what the service says it read. */
  async putGlModelEvaluation(
    evaluation: OfTask<GlModelEvaluation>,
    options?: CallOptions,
  ): Promise<GlModelEvaluation> {
    const report = { ...evaluation, fl_task_id: this.taskId };
    const body = parseWith(GlModelEvaluationSchema, report, 'model evaluation');
    const answer = await this.#services
      .performance()
      .call(performanceServiceRoutes.glModelEvaluation(body), options);
    return answer.gl_model_evaluation;
  }

  /** How long the server worked on the run. */
  async putServerTimeResult(result: OfTask<ServerTimeResult>, options?: CallOptions): Promise<void> {
    const report = { ...result, fl_task_id: this.taskId };
    const body = parseWith(ServerTimeResultSchema, report, 'server time result');
    await this.#services.performance().call(performanceServiceRoutes.serverTimeResult(body), options);
  }
}
