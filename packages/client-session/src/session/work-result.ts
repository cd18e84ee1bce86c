import { assertFinite, assertSameSignature, createParameters } from '@fedops/parameters';
import {
  EvaluationSchema,
  type FailureReport,
  FedOpsError,
  parseWith,
  type Signature,
  UpdateHeaderSchema,
} from '@fedops/shared-types';
import type { WorkResult } from '../connection.js';
import type { EvaluateOutput, FitOutput } from '../trainer.js';

/** The protocol's limit for a failure's message. */
const MAX_MESSAGE_LENGTH = 2_000;

/**
 * A fit's output as an update, checked as the server will check it.
 *
 * @throws {FedOpsError} `shape-mismatch` or `invalid-argument`, naming the tensor or field that is wrong.
 */
export function updateOf(output: FitOutput, signature: Signature): WorkResult {
  const header = parseWith(
    UpdateHeaderSchema,
    { numExamples: output.numExamples, metrics: output.metrics },
    'what the trainer returned from fit',
  );
  assertSameSignature(output.parameters.signature, signature);
  const parameters = createParameters(signature, output.parameters.tensors);
  assertFinite(parameters);
  return { kind: 'update', header, parameters };
}

/** @throws {FedOpsError} `invalid-argument`, naming the field that is wrong. */
export function evaluationOf({ loss, numExamples, metrics }: EvaluateOutput): WorkResult {
  const evaluation = parseWith(
    EvaluationSchema,
    { loss, numExamples, metrics },
    'what the trainer returned from evaluate',
  );
  return { kind: 'evaluation', evaluation };
}

/** The report that work could not be done. */
export function failureOf(work: FailureReport['work'], error: unknown): WorkResult {
  const { code, message } = FedOpsError.from(error);
  return { kind: 'failure', failure: { work, code, message: message.slice(0, MAX_MESSAGE_LENGTH) } };
}
