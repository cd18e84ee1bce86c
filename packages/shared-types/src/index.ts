// biome-ignore-all assist/source/organizeImports: grouped for readers
export { FEDOPS_ERROR_CODES, FedOpsError, type FedOpsErrorCode, type FedOpsErrorOptions } from './error.js';
export {
  codeOfHttpStatus,
  type ErrorBody,
  ErrorBodySchema,
  errorBodyOf,
  errorOfAnswer,
  HTTP_STATUS_OF,
} from './error-body.js';
export { type ClientId, ClientIdSchema, type RunId, RunIdSchema, type TaskId, TaskIdSchema } from './ids.js';
export { parseWith } from './invalid-input.js';
export { MAX_LISTED_CLIENTS, type RunClients, RunClientsSchema } from './run-clients.js';
export {
  type Config,
  ConfigSchema,
  type Metrics,
  MetricsSchema,
  type Sha256,
  Sha256Schema,
} from './scalars.js';
export {
  DTYPES,
  type Dtype,
  type Signature,
  SignatureSchema,
  type TensorSpec,
  TensorSpecSchema,
} from './signature.js';
export { isUnheard } from './unheard.js';

// FedOps' own messages, as its Python services and clients speak them: docs/protocol.md 3.
export {
  type ClientFailureNotice,
  ClientFailureNoticeSchema,
  type ClientNotice,
  type ClientNoticeAnswer,
  ClientNoticeAnswerSchema,
  ClientNoticeSchema,
} from './fedops/client-notice.js';
export {
  type ClientSystem,
  ClientSystemAnswerSchema,
  ClientSystemSchema,
  type ClientTimeResult,
  ClientTimeResultAnswerSchema,
  ClientTimeResultSchema,
  type TestResult,
  TestResultAnswerSchema,
  TestResultSchema,
  type TrainResult,
  TrainResultAnswerSchema,
  TrainResultSchema,
  type XaiResult,
  XaiResultAnswerSchema,
  XaiResultSchema,
} from './fedops/client-results.js';
export {
  type ClientStatus,
  ClientStatusSchema,
  clientStatusInBothVocabularies,
} from './fedops/client-status.js';
export {
  type ClusterAssignment,
  type ClusterAssignmentAnswer,
  ClusterAssignmentAnswerSchema,
  ClusterAssignmentSchema,
} from './fedops/cluster-assignment.js';
export { type DeviceRecord, DeviceRecordSchema } from './fedops/device-record.js';
export { type HostPort, parseHostPort } from './fedops/host-port.js';
export { BaseUrlSchema, type ManagerData, ManagerDataSchema } from './fedops/manager-data.js';
export { type ManagerInfo, ManagerInfoSchema } from './fedops/manager-info.js';
export { type PortAnswer, PortAnswerSchema } from './fedops/port-answer.js';
export { hasServerPort, resolveServerAddress, type ServerAddressSources } from './fedops/server-address.js';
export {
  type GlModelEvaluation,
  GlModelEvaluationAnswerSchema,
  GlModelEvaluationSchema,
  type ServerTimeResult,
  ServerTimeResultAnswerSchema,
  ServerTimeResultSchema,
} from './fedops/server-reports.js';
export {
  type RunFinished,
  RunFinishedSchema,
  type ServerStatus,
  type ServerStatusAnswer,
  ServerStatusAnswerSchema,
  ServerStatusSchema,
  type ServerStatusUpdate,
  ServerStatusUpdateSchema,
} from './fedops/server-status.js';

// The HTTP door of the FL server: docs/protocol.md 1.
export {
  type Activity,
  ActivitySchema,
  type Heartbeat,
  type HeartbeatAnswer,
  HeartbeatAnswerSchema,
  HeartbeatSchema,
} from './door/heartbeat.js';
export {
  type EvaluateInstruction,
  type FitInstruction,
  type Instruction,
  InstructionSchema,
  type ParametersRef,
  ParametersRefSchema,
} from './door/instruction.js';
export {
  PROTOCOL_VERSION,
  type Registration,
  type RegistrationAnswer,
  RegistrationAnswerSchema,
  RegistrationSchema,
} from './door/registration.js';
export {
  type Evaluation,
  EvaluationSchema,
  type FailureReport,
  FailureReportSchema,
  type ResultAnswer,
  ResultAnswerSchema,
  type UpdateAnswer,
  UpdateAnswerSchema,
  type UpdateHeader,
  UpdateHeaderSchema,
} from './door/results.js';
export {
  BEFORE_THE_FIRST_EVENT,
  type RunEvent,
  type RunEventId,
  RunEventIdSchema,
  RunEventSchema,
} from './door/run-events.js';
export {
  type CentralEvaluationView,
  CentralEvaluationViewSchema,
  type ClientFailureView,
  ClientFailureViewSchema,
  type EvaluationView,
  EvaluationViewSchema,
  type OpenRound,
  OpenRoundSchema,
  type RoundRecord,
  RoundRecordSchema,
  type RunStateView,
  RunStateViewSchema,
  type RunView,
  RunViewSchema,
  type UpdateView,
  UpdateViewSchema,
} from './door/run-view.js';

// The server manager's own API: docs/protocol.md 4.
export {
  type ClientPart,
  ClientPartSchema,
  type Device,
  type DeviceActivity,
  DeviceActivitySchema,
  type DeviceHeartbeat,
  type DeviceHeartbeatAnswer,
  DeviceHeartbeatAnswerSchema,
  DeviceHeartbeatSchema,
  DeviceIdSchema,
  type DeviceRegistration,
  type DeviceRegistrationAnswer,
  DeviceRegistrationAnswerSchema,
  DeviceRegistrationSchema,
  DeviceSchema,
  type PartReport,
  PartReportSchema,
} from './manager/device.js';
export { type DeviceInstruction, DeviceInstructionSchema } from './manager/device-instruction.js';
export {
  type ManagedRun,
  ManagedRunSchema,
  type ManagedRunState,
  ManagedRunStateSchema,
  type RunRequest,
  RunRequestSchema,
} from './manager/managed-run.js';
export {
  METRIC_KINDS,
  type MetricRow,
  MetricRowSchema,
  type MetricRowsInput,
  MetricRowsInputSchema,
} from './manager/metric-row.js';
export {
  type ModelVersion,
  type ModelVersionDetail,
  ModelVersionDetailSchema,
  ModelVersionSchema,
} from './manager/model-version.js';
export {
  type ClientsPerRound,
  type RunOverrides,
  RunOverridesSchema,
  type RunSettings,
  RunSettingsSchema,
  type StrategySettings,
} from './manager/run-settings.js';
export {
  type BestBy,
  type InitialModel,
  InitialModelSchema,
  type Task,
  type TaskChanges,
  TaskChangesSchema,
  type TaskInput,
  TaskInputSchema,
  TaskSchema,
  type TaskServer,
  type Trigger,
} from './manager/task.js';
