import {
  type ClientFailureNotice,
  ClientFailureNoticeSchema,
  type ClientNotice,
  type ClientNoticeAnswer,
  ClientNoticeSchema,
  type ClientSystem,
  ClientSystemSchema,
  type ClientTimeResult,
  ClientTimeResultSchema,
  type ClusterAssignment,
  type ClusterAssignmentAnswer,
  ClusterAssignmentSchema,
  type PortAnswer,
  parseWith,
  type TaskId,
  type TestResult,
  TestResultSchema,
  type TrainResult,
  TrainResultSchema,
  type XaiResult,
  XaiResultSchema,
} from '@fedops/shared-types';
import { performanceServiceRoutes } from './routes/performance-service.js';
import { serverManagerRoutes } from './routes/server-manager.js';
import type { ApiParts, CallOptions } from './settings.js';
import { createTaskServices, type TaskApiSettings, type TaskServices } from './task-services.js';

/** A report without its task, which the API knows. */
export type OfTask<T> = Omit<T, 'fl_task_id'>;

/** A notice as a caller writes it: ids are checked on the way out. */
export type ClientNoticeInput = Omit<ClientNotice, 'client_id' | 'run_id'> & NoticeIds;
/** A notice of a failure as a caller writes it, with an optional `reason`. */
export type ClientFailureNoticeInput = Omit<ClientFailureNotice, 'client_id' | 'run_id'> & NoticeIds;

interface NoticeIds {
  readonly client_id: string;
  /** Null where the client had joined no run. */
  readonly run_id: string | null;
}

/**
 * A client's line to the server manager and the performance service, for one task.
 *
 * Every method rejects with `FedOpsError`: `invalid-argument` for what must not be sent (the field is named),
 * `unavailable`, `deadline-exceeded`, `overloaded`, `bad-response`, `internal`, `aborted`, or what the service's
 * status says. What is sent again, and when: docs/protocol.md 3.5.
 */
export class ClientServerAPI {
  readonly taskId: TaskId;
  readonly baseUrl: string;
  /** Null where no performance service is configured; the result reports then reject with `invalid-argument`. */
  readonly performanceUrl: string | null;
  readonly #services: TaskServices;

  /** @throws {FedOpsError} `invalid-argument` for a bad task id, a missing or bad base URL, a wrong setting. */
  constructor(taskId: string, settings: TaskApiSettings = {}, parts: ApiParts = {}) {
    this.#services = createTaskServices(taskId, settings, parts, ['FEDOPS_SERVER_MANAGER_URL']);
    this.taskId = this.#services.taskId;
    this.baseUrl = this.#services.baseUrl;
    this.performanceUrl = this.#services.performanceUrl;
  }

  /** Where the task's FL server listens. @throws {FedOpsError} `not-found` while the task has no port. */
  async getPort(options?: CallOptions): Promise<PortAnswer> {
    return this.#services.manager.call(serverManagerRoutes.port(this.taskId), options);
  }

  /** This client leaves. @throws {FedOpsError} `unsupported` from a manager without the route, such as Python's. */
  async getClientOut(notice: ClientNoticeInput, options?: CallOptions): Promise<ClientNoticeAnswer> {
    const body = parseWith(ClientNoticeSchema, notice, 'client notice');
    return this.#services.manager.call(serverManagerRoutes.clientOut(this.taskId, body), options);
  }

  /** This client's part of the run ended well. @throws {FedOpsError} `unsupported` as `getClientOut`. */
  async getTrainFin(notice: ClientNoticeInput, options?: CallOptions): Promise<ClientNoticeAnswer> {
    const body = parseWith(ClientNoticeSchema, notice, 'client notice');
    return this.#services.manager.call(serverManagerRoutes.clientTrainFin(this.taskId, body), options);
  }

  /** This client's part of the run failed. @throws {FedOpsError} `unsupported` as `getClientOut`. */
  async getTrainFail(notice: ClientFailureNoticeInput, options?: CallOptions): Promise<ClientNoticeAnswer> {
    const body = parseWith(ClientFailureNoticeSchema, notice, 'client notice');
    return this.#services.manager.call(serverManagerRoutes.clientTrainFail(this.taskId, body), options);
  }

  /** Puts a client into a cluster, or with null into none. */
  async putClusterAssign(
    assignment: ClusterAssignment,
    options?: CallOptions,
  ): Promise<ClusterAssignmentAnswer> {
    const body = parseWith(ClusterAssignmentSchema, assignment, 'cluster assignment');
    return this.#services.manager.call(serverManagerRoutes.cluster(this.taskId, body), options);
  }

  /** One fit. Returns what the service says it read. */
  async putTrainResult(result: OfTask<TrainResult>, options?: CallOptions): Promise<TrainResult> {
    const body = parseWith(TrainResultSchema, this.#ofTask(result), 'train result');
    const answer = await this.#services
      .performance()
      .call(performanceServiceRoutes.trainResult(body), options);
    return answer.train_result;
  }

  /** One evaluation of the global model. Returns what the service says it read. */
  async putTestResult(result: OfTask<TestResult>, options?: CallOptions): Promise<TestResult> {
    const body = parseWith(TestResultSchema, this.#ofTask(result), 'test result');
    const answer = await this.#services
      .performance()
      .call(performanceServiceRoutes.testResult(body), options);
    return answer.test_result;
  }

  /** How long this client took part in a run. Returns what the service says it read. */
  async putClientTimeResult(
    result: OfTask<ClientTimeResult>,
    options?: CallOptions,
  ): Promise<ClientTimeResult> {
    const body = parseWith(ClientTimeResultSchema, this.#ofTask(result), 'client time result');
    const answer = await this.#services
      .performance()
      .call(performanceServiceRoutes.clientTimeResult(body), options);
    return answer.client_time_result;
  }

  /** A sample of the device's load. Returns what the service says it read. */
  async putClientSystem(sample: OfTask<ClientSystem>, options?: CallOptions): Promise<ClientSystem> {
    const body = parseWith(ClientSystemSchema, this.#ofTask(sample), 'client system sample');
    const answer = await this.#services
      .performance()
      .call(performanceServiceRoutes.clientSystem(body), options);
    return answer.client_system;
  }

  /** An explanation of a prediction, free JSON. @throws {FedOpsError} `unsupported` from Python's service. */
  async putXaiResult(result: XaiResult, options?: CallOptions): Promise<XaiResult> {
    const body = parseWith(XaiResultSchema, result, 'XAI result');
    return this.#services.performance().call(performanceServiceRoutes.xaiResult(this.taskId, body), options);
  }

  #ofTask<T extends object>(report: T): T & { fl_task_id: string } {
    return { ...report, fl_task_id: this.taskId };
  }
}
