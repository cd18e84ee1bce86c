import { type ClientMessage, metricsOfScalars, type Status } from '@fedops/flower';
import {
  type Evaluation,
  EvaluationSchema,
  FedOpsError,
  parseWith,
  type Signature,
  type UpdateHeader,
  UpdateHeaderSchema,
} from '@fedops/shared-types';
import { type UpdateBody, updateBodyOf } from './update-body.js';

/** A client's answer to a fit. */
export interface ReadUpdate {
  readonly kind: 'update';
  readonly header: UpdateHeader;
  readonly body: UpdateBody;
  /** Names of the metrics that are no finite numbers and have no place in the header. */
  readonly dropped: readonly string[];
}

/** A client's answer to an evaluation. */
export interface ReadEvaluation {
  readonly kind: 'evaluation';
  readonly evaluation: Evaluation;
  /** As in {@link ReadUpdate}. */
  readonly dropped: readonly string[];
}

/**
 * @throws {FedOpsError} `bad-response` for an answer to something else; `unsupported` where the client says that it
 *   does not fit; `shape-mismatch` for other tensors, naming the first that differs; `invalid-argument` for bytes
 *   that are no tensors and for a number of examples below 1.
 */
export function readUpdate(message: ClientMessage, signature: Signature): ReadUpdate {
  if (message.kind !== 'fit') throw wrongKind('fit', message);
  assertOk(message.status);
  const { metrics, dropped } = metricsOfScalars(message.metrics);
  const facts = { numExamples: Number(message.numExamples), metrics };
  const header = parseWith(UpdateHeaderSchema, facts, 'answer to fit');
  return { kind: 'update', header, body: updateBodyOf(message.parameters, signature), dropped };
}

/**
 * @throws {FedOpsError} `bad-response` and `unsupported` as {@link readUpdate}; `invalid-argument` for a number of
 *   examples below 1 and for a loss that is not finite.
 */
export function readEvaluation(message: ClientMessage): ReadEvaluation {
  if (message.kind !== 'evaluation') throw wrongKind('evaluate', message);
  assertOk(message.status);
  const { metrics, dropped } = metricsOfScalars(message.metrics);
  const facts = { loss: message.loss, numExamples: Number(message.numExamples), metrics };
  const evaluation = parseWith(EvaluationSchema, facts, 'answer to evaluate');
  return { kind: 'evaluation', evaluation, dropped };
}

/** Flower puts at most a sentence there; a peer may put anything. */
const MAX_STATUS_LENGTH = 500;

function assertOk({ code, message }: Status): void {
  if (code === 'ok') return;
  throw new FedOpsError('unsupported', `the client answered ${code}: ${message.slice(0, MAX_STATUS_LENGTH)}`);
}

function wrongKind(asked: string, { kind }: ClientMessage): FedOpsError {
  return new FedOpsError('bad-response', `expected an answer to ${asked}, got ${kind}`);
}
