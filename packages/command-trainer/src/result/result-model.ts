import { basename } from 'node:path';
import { BYTES_PER_ELEMENT, elementCount, type Parameters } from '@fedops/parameters';
import { FedOpsError, type Signature } from '@fedops/shared-types';
import { decodeModel } from '../model/model-format.js';
import type { FitTask } from '../task/task-document.js';
import { readResultFile } from './result-file.js';

/** What the parameters of a result must be. */
export interface ResultModel {
  readonly signature: Signature;
  /** Undefined for the limit that follows from the signature. */
  readonly maxBytes: number | undefined;
  readonly signal: AbortSignal;
}

const SMALLEST_LIMIT_BYTES = 16 * 1024 ** 2;

/**
 * The parameters that a program wrote, in the order of the signature.
 *
 * @throws {FedOpsError} `bad-response` where they are missing, too large, no such file, or not of this signature,
 *   naming the first tensor that differs; otherwise as `readResultFile`.
 */
export async function readResultModel(
  { resultParameters, format }: FitTask,
  { signature, maxBytes = limitOf(signature), signal }: ResultModel,
): Promise<Parameters> {
  const file = await readResultFile(resultParameters, { maxBytes, signal });
  try {
    return decodeModel(format, file, { signature, maxBytes });
  } catch (cause) {
    const { message } = FedOpsError.from(cause);
    throw new FedOpsError('bad-response', `${basename(resultParameters)}: ${message}`, { cause });
  }
}

/** Room for float64 in the place of float32, so that the error can name the tensor, and for many names. */
function limitOf(signature: Signature): number {
  const byteLength = signature.reduce(
    (sum, spec) => sum + elementCount(spec) * BYTES_PER_ELEMENT[spec.dtype],
    0,
  );
  return Math.max(4 * byteLength, SMALLEST_LIMIT_BYTES);
}
