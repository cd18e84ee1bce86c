import {
  type Evaluation,
  EvaluationSchema,
  FedOpsError,
  parseWith,
  type UpdateHeader,
  UpdateHeaderSchema,
} from '@fedops/shared-types';
import type { z } from 'zod';

/**
 * The numbers of a fit: `{ "numExamples": 600, "metrics": { "loss": 0.3 } }`. Further keys are ignored.
 *
 * @throws {FedOpsError} `bad-response`, naming what is wrong.
 */
export function parseFitResult(json: Uint8Array): UpdateHeader {
  return parseResult(UpdateHeaderSchema, json);
}

/**
 * The numbers of an evaluation: `{ "loss": 0.3, "numExamples": 100, "metrics": { "accuracy": 0.9 } }`. Further keys are
 * ignored.
 *
 * @throws {FedOpsError} `bad-response`, naming what is wrong.
 */
export function parseEvaluateResult(json: Uint8Array): Evaluation {
  return parseResult(EvaluationSchema, json);
}

function parseResult<S extends z.ZodType>(schema: S, json: Uint8Array): z.output<S> {
  return parseWith(schema, decodedJson(json), 'result.json', 'bad-response');
}

function decodedJson(json: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new FedOpsError(
      'bad-response',
      `result.json: expected JSON (which has no NaN and no Infinity): ${FedOpsError.from(cause).message}`,
      { cause },
    );
  }
}
