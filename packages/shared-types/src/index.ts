export { FEDOPS_ERROR_CODES, FedOpsError, type FedOpsErrorCode, type FedOpsErrorOptions } from './error.js';
export { ErrorBodySchema, HTTP_STATUS_OF, codeOfHttpStatus, errorBodyOf, errorOfAnswer, type ErrorBody } from './error-body.js';
export { parseWith } from './invalid-input.js';
export { ClientIdSchema, RunIdSchema, TaskIdSchema, type ClientId, type RunId, type TaskId } from './ids.js';
export { ConfigSchema, MetricsSchema, Sha256Schema, type Config, type Metrics, type Sha256 } from './scalars.js';
export { DTYPES, SignatureSchema, TensorSpecSchema, type Dtype, type Signature, type TensorSpec } from './signature.js';

// FedOps' own messages, as its Python services and clients speak them.
export { ManagerDataSchema, type ManagerData } from './fedops/manager-data.js';
export { ClientStatusSchema, clientStatusInBothVocabularies, type ClientStatus } from './fedops/client-status.js';

// The HTTP door of the FL server: docs/protocol.md.
export { PROTOCOL_VERSION, RegistrationAnswerSchema, RegistrationSchema, type Registration, type RegistrationAnswer } from './door/registration.js';
export { InstructionSchema, ParametersRefSchema, type EvaluateInstruction, type FitInstruction, type Instruction, type ParametersRef } from './door/instruction.js';
export { ActivitySchema, HeartbeatAnswerSchema, HeartbeatSchema, type Activity, type Heartbeat, type HeartbeatAnswer } from './door/heartbeat.js';
export {
  EvaluationSchema,
  FailureReportSchema,
  ResultAnswerSchema,
  UpdateAnswerSchema,
  UpdateHeaderSchema,
  type Evaluation,
  type FailureReport,
  type ResultAnswer,
  type UpdateAnswer,
  type UpdateHeader,
} from './door/results.js';
export { RoundRecordSchema, RunStateViewSchema, RunViewSchema, type RoundRecord, type RunStateView, type RunView } from './door/run-view.js';
