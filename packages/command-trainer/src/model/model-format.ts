import { arrangeParameters, readNpz, readSafetensors, writeNpz, writeSafetensors } from '@fedops/model-files';
import type { Parameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';

/** The kinds of files by which a program and its trainer hand one another parameters. */
export const MODEL_FORMATS = ['safetensors', 'npz'] as const;

/** A kind of file that holds parameters; also its extension. */
export type ModelFormat = (typeof MODEL_FORMATS)[number];

/**
 * Parameters as a file of this format.
 *
 * @throws {FedOpsError} `invalid-argument` for a name that such a file cannot have.
 */
export function encodeModel(format: ModelFormat, parameters: Parameters): Uint8Array {
  switch (format) {
    case 'safetensors':
      return writeSafetensors(parameters);
    case 'npz':
      return writeNpz(parameters);
  }
}

/** What a file must hold. */
export interface ExpectedModel {
  readonly signature: Signature;
  /** Of its contents. */
  readonly maxBytes: number;
}

/**
 * The parameters of such a file in the order of the signature; names decide which is which.
 *
 * @throws {FedOpsError} `shape-mismatch`, naming the first tensor that is missing, too many or different;
 *   `invalid-argument`, `unsupported` or `too-large` as the file's reader.
 */
export function decodeModel(
  format: ModelFormat,
  file: Uint8Array,
  { signature, maxBytes }: ExpectedModel,
): Parameters {
  const read = format === 'safetensors' ? readSafetensors : readNpz;
  return arrangeParameters(read(file, { maxBytes }), signature);
}
