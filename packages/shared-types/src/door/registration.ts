import { z } from 'zod';
import { ClientStatusSchema } from '../fedops/client-status.js';
import { ClientIdSchema, RunIdSchema, TaskIdSchema } from '../ids.js';
import { SignatureSchema } from '../signature.js';

/** Version of the HTTP door; a server refuses every other one with `unsupported`. */
export const PROTOCOL_VERSION = 1;

/** `POST /v1/clients`. */
export const RegistrationSchema = z.object({
  protocolVersion: z.int(),
  taskId: TaskIdSchema,
  clientId: ClientIdSchema,
  /**
   * The client's own secret, made once and kept beside its id. While the client's lease lives,
   * only who knows the key may register this id again.
   */
  key: z.string().min(16).max(200),
  status: ClientStatusSchema,
  /** What the client trains, where it says so before it has seen a model; another one than the run's is refused. */
  signature: SignatureSchema.optional(),
});
export type Registration = z.infer<typeof RegistrationSchema>;

/** Answer to a registration, 201: what the client needs to take part in the run. docs/protocol.md 1.2. */
export const RegistrationAnswerSchema = z.object({
  protocolVersion: z.int(),
  taskId: TaskIdSchema,
  clientId: ClientIdSchema,
  /** Goes as `Authorization: Bearer` with every further request of this client. */
  token: z.string().min(1),
  runId: RunIdSchema,
  rounds: z.int().min(1),
  /** The global model version that this run is to publish, n + 1. */
  nextVersion: z.int().min(1),
  signature: SignatureSchema,
  /** The client counts as lost when nothing was heard of it for so long. */
  leaseMs: z.int().min(1),
  /** An update's body may have at most so many bytes. */
  maxUpdateBytes: z.int().min(1),
});
export type RegistrationAnswer = z.infer<typeof RegistrationAnswerSchema>;
