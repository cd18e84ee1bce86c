import type {
  ClientFailureNotice,
  ClientNotice,
  ClientTimeResult,
  PortAnswer,
  TestResult,
  TrainResult,
} from '@fedops/shared-types';

interface CallOptions {
  readonly signal: AbortSignal;
}

/** The device's client manager as a task uses it; a `ClientManagerAPI` fits. */
export interface ClientManager {
  readonly baseUrl: string;
  getInfo(options: CallOptions): Promise<{ readonly client_training: boolean; readonly GL_Model_V: number }>;
  getTrainFin(options: CallOptions): Promise<unknown>;
  getTrainFail(options: CallOptions): Promise<unknown>;
  getClientOut(options: CallOptions): Promise<unknown>;
}

/** The server manager as a task uses it; a `ClientServerAPI` fits. */
export interface ServerManager {
  readonly baseUrl: string;
  getPort(options: CallOptions): Promise<PortAnswer>;
  getTrainFin(notice: ClientNotice, options: CallOptions): Promise<unknown>;
  getTrainFail(notice: ClientFailureNotice, options: CallOptions): Promise<unknown>;
  getClientOut(notice: ClientNotice, options: CallOptions): Promise<unknown>;
}

/** The performance service as a task uses it; a `ClientServerAPI` that knows one fits. */
export interface PerformanceService {
  putTrainResult(result: TrainResult, options: CallOptions): Promise<unknown>;
  putTestResult(result: TestResult, options: CallOptions): Promise<unknown>;
  putClientTimeResult(result: ClientTimeResult, options: CallOptions): Promise<unknown>;
}

/** Who is told how a task fares; a service that is not configured is absent. */
export interface Managers {
  readonly client?: ClientManager | undefined;
  readonly server?: ServerManager | undefined;
  readonly performance?: PerformanceService | undefined;
}
