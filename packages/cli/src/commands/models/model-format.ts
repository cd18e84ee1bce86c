import { writeNpz, writeSafetensors } from '@fedops/model-files';
import { decodeParameters } from '@fedops/parameters';

/** How a model can lie in a file: `raw` is our own encoding, whose SHA-256 is the model's digest. */
export const MODEL_FORMATS = ['raw', 'safetensors', 'npz'] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

export const EXTENSION_OF: Readonly<Record<ModelFormat, string>> = {
  raw: 'params',
  safetensors: 'safetensors',
  npz: 'npz',
};

/**
 * A model in another format.
 *
 * @param encoded In ours.
 * @throws {FedOpsError} `unsupported` or `invalid-argument` for a model that the format cannot hold.
 */
export function converted(encoded: Uint8Array<ArrayBuffer>, format: ModelFormat): Uint8Array {
  switch (format) {
    case 'raw':
      return encoded;
    case 'safetensors':
      return writeSafetensors(decodeParameters(encoded));
    case 'npz':
      return writeNpz(decodeParameters(encoded));
  }
}
