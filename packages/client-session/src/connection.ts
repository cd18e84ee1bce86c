import type { Parameters } from '@fedops/parameters';
import type {
  Evaluation,
  FailureReport,
  Heartbeat,
  HeartbeatAnswer,
  Instruction,
  ParametersRef,
  Registration,
  RegistrationAnswer,
  RunId,
  UpdateHeader,
} from '@fedops/shared-types';

/** Which piece of work a result belongs to; the client is the one that is connected. */
export interface WorkKey {
  readonly runId: RunId;
  readonly round: number;
}

/** What came of a piece of work. */
export type WorkResult =
  | { readonly kind: 'update'; readonly header: UpdateHeader; readonly parameters: Parameters }
  | { readonly kind: 'evaluation'; readonly evaluation: Evaluation }
  | { readonly kind: 'failure'; readonly failure: FailureReport };

/**
 * Joins a client to one FL server: the port behind which HTTP, Flower's stream or a fake stand.
 *
 * Calls make one attempt and throw `FedOpsError`; when to try again is the session's decision.
 */
export interface Transport {
  /**
   * @throws {FedOpsError} `unavailable` or `deadline-exceeded` where nobody answers; `conflict` while another
   *   holder of the id is alive; `unsupported` for another protocol version; `unauthenticated`; `not-found`
   *   for another task.
   */
  connect(registration: Registration, options: CallOptions): Promise<Connection>;
}

/** What every call takes. */
export interface CallOptions {
  readonly signal: AbortSignal;
}

/** A registered client's line to its server. Every call throws `unauthenticated` once the server forgot the client. */
export interface Connection {
  readonly registration: RegistrationAnswer;
  /** The next instruction; undefined when there was none within the server's waiting time (at most 25 s). */
  nextInstruction(options: CallOptions): Promise<Instruction | undefined>;
  heartbeat(heartbeat: Heartbeat, options: CallOptions): Promise<HeartbeatAnswer>;
  /**
   * The parameters behind a reference, checked against its digest.
   *
   * @throws {FedOpsError} `not-found` for parameters that are no longer held; `too-large` for more than this client
   *   takes; `bad-response` for other bytes.
   */
  fetchParameters(ref: ParametersRef, options: CallOptions): Promise<Parameters>;
  /**
   * Delivers a result; sending it again is safe.
   *
   * @throws {FedOpsError} `stale-round` when the round has moved on, `conflict` when another result of this
   *   client was counted already, `shape-mismatch`, `invalid-argument`, `too-large` for results that can never count.
   */
  deliver(key: WorkKey, result: WorkResult, options: CallOptions): Promise<void>;
  /** Tells the server that this client leaves, and lets go of sockets. Never throws. */
  leave(): Promise<void>;
}
