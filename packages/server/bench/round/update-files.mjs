import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeParameters } from '@fedops/parameters';

const TENSORS = 10;

/**
 * Two updates that differ, as files: every client sends the one in odd rounds and the other in even ones, so that each
 * round makes another model than the last. Returns path and SHA-256 of both.
 */
export function writeUpdateFiles(directory, parameters) {
  return [1, 2].map((which) => {
    const path = join(directory, `update-${which}.params`);
    const bytes = encodeParameters(updateOf(parameters, which));
    writeFileSync(path, bytes);
    return { path, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
}

/** The update of odd rounds (`which` 1) or of even ones (2); a new copy at each call. */
export function updateOf(parameters, which) {
  const size = parameters / TENSORS;
  const names = Array.from({ length: TENSORS }, (_, i) => `layer-${i}/kernel`);
  return {
    signature: names.map((name) => ({ name, shape: [size], dtype: 'float32' })),
    tensors: names.map((_, i) =>
      Float32Array.from({ length: size }, (_, j) => which + ((i + j) % 1_000) / 1_000),
    ),
  };
}
