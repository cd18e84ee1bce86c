import {
  type ClientStatus,
  ClientStatusSchema,
  FEDOPS_ERROR_CODES,
  parseWith,
  type Signature,
  SignatureSchema,
} from '@fedops/shared-types';
import { z } from 'zod';
import type { ErrorFacts } from '../state/run.js';

/** What a client app tells of itself by `/online`, in whichever vocabulary. */
export interface ClientReport {
  readonly taskId: string;
  readonly mac: string | null;
  readonly name: string | null;
  readonly isTraining: boolean;
  /** Sticky in Python's clients: also of an earlier run. */
  readonly hasFailed: boolean;
  /** The version that the client is building, or built last. */
  readonly version: number;
  /** What our own client app adds; null from others. */
  readonly session: SessionReport | null;
  /** What the client trains, where it says so. */
  readonly signature: Signature | null;
}

export interface SessionReport {
  readonly phase: string;
  readonly reason: string;
  /** By the client's own clock; a text to compare for equality. */
  readonly since: string;
  readonly progress: number | null;
  readonly error: ErrorFacts | null;
}

const SessionSchema = z.object({
  phase: z.string().max(100),
  reason: z.string().max(200),
  since: z.string().max(100),
  progress: z.number().min(0).max(1).nullable().default(null).catch(null),
  error: z
    .object({
      code: z.enum(FEDOPS_ERROR_CODES),
      message: z.string().transform((text) => text.slice(0, 2_000)),
    })
    .nullable()
    .default(null)
    .catch(null),
});

/**
 * Reads the answer of `GET /online` or `POST /start`.
 *
 * @throws {FedOpsError} `bad-response`, naming the field.
 */
export function readClientReport(body: unknown, what: string): ClientReport {
  const status: ClientStatus = parseWith(ClientStatusSchema, body, what, 'bad-response');
  return {
    taskId: status.FL_task_id,
    mac: status.FL_client_mac,
    name: status.FL_client_name ?? null,
    isTraining: status.FL_client_start,
    hasFailed: status.FL_client_fail,
    version: status.FL_next_gl_model,
    session: sessionOf(body),
    signature: signatureOf(body),
  };
}

function sessionOf(body: unknown): SessionReport | null {
  const read = z.object({ session: SessionSchema }).safeParse(body);
  return read.success ? read.data.session : null;
}

/** A registration with a longer one might not pass the server manager's door; the FL server checks the updates anyway. */
const LONGEST_SIGNATURE = 128 * 1024;

function signatureOf(body: unknown): Signature | null {
  const read = z.object({ signature: SignatureSchema }).safeParse(body);
  if (!read.success) return null;
  const { signature } = read.data;
  return JSON.stringify(signature).length > LONGEST_SIGNATURE ? null : signature;
}

/** How a client was before a start; what has changed since tells what came of it. */
export interface Baseline {
  /** Since when it had been in the state that it was in, by its own clock; null where it does not say. */
  readonly stateSince: string | null;
  readonly hasFailed: boolean;
  readonly version: number;
}

/** What to compare later reports with. */
export function baselineOf(report: ClientReport): Baseline {
  return {
    stateSince: report.session?.since ?? null,
    hasFailed: report.hasFailed,
    version: report.version,
  };
}
