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
 * What is refused is refused with a `FedOpsError`: docs/protocol.md 1. `register`, `nextInstruction`
 * and `heartbeat` throw `unavailable` where the run stands still until the server is restarted.
 */
export interface ClientDesk {
  /**
   * docs/protocol.md 1.2.
   *
   * @throws {FedOpsError} `unsupported` for another protocol version; `not-found` for another task;
   *   `permission-denied` for a client that is not listed; `conflict` while another holder of the id is alive;
   *   `overloaded` where no more clients are taken.
   */
  register(registration: Registration): RegistrationAnswer;
  /** The client behind a token. @throws {FedOpsError} `unauthenticated` */
  authenticate(token: string | undefined): ClientId;
  /** What the client shall do now; undefined after `waitMs` milliseconds without, or when the signal aborts. */
  nextInstruction(client: ClientId, waitMs: number, signal: AbortSignal): Promise<Instruction | undefined>;
  /** Keeps the lease alive, and tells whether the work is still wanted. */
  heartbeat(client: ClientId, heartbeat: Heartbeat): HeartbeatAnswer;
  /** Takes an update as docs/protocol.md 1.5 says; refuses before the body is read where the round does not want it. */
  receiveUpdate(key: WorkKey, update: AnnouncedUpdate): Promise<UpdateAnswer>;
  receiveEvaluation(key: WorkKey, evaluation: Evaluation): Promise<ResultAnswer>;
  receiveFailure(key: WorkKey, failure: FailureReport): Promise<ResultAnswer>;
  /** Ends the lease and the token of a client. */
  leave(client: ClientId): void;
}
