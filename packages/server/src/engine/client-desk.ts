import type {
  ClientId,
  Evaluation,
  FailureReport,
  Heartbeat,
  HeartbeatAnswer,
  Instruction,
  Registration,
  RegistrationAnswer,
  ResultAnswer,
  RunId,
  UpdateAnswer,
} from '@fedops/shared-types';
import type { AnnouncedUpdate } from '../update/receive-update.js';

/** Which piece of work a result belongs to. */
export interface WorkKey {
  readonly runId: RunId;
  readonly round: number;
  readonly clientId: ClientId;
}

/**
 * Where clients meet the run, whatever transport they come by: the HTTP door, and any other.
 * What is refused is refused with a `FedOpsError`; see docs/protocol.md for which.
 */
export interface ClientDesk {
  register(registration: Registration): RegistrationAnswer;
  /** The client behind a token. @throws {FedOpsError} `unauthenticated` */
  authenticate(token: string | undefined): ClientId;
  nextInstruction(client: ClientId, waitMs: number, signal: AbortSignal): Promise<Instruction | undefined>;
  heartbeat(client: ClientId, heartbeat: Heartbeat): HeartbeatAnswer;
  /** Refuses before the body is read where the round does not want it. */
  receiveUpdate(key: WorkKey, update: AnnouncedUpdate): Promise<UpdateAnswer>;
  receiveEvaluation(key: WorkKey, evaluation: Evaluation): Promise<ResultAnswer>;
  receiveFailure(key: WorkKey, failure: FailureReport): Promise<ResultAnswer>;
  leave(client: ClientId): void;
}
