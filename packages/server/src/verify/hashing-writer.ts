import { createHash } from 'node:crypto';
import type { ParametersWriter } from '../model/model-store.js';

/** Takes parameters and keeps nothing of them but their digest. */
export function hashingWriter(): ParametersWriter {
  const hash = createHash('sha256');
  let byteLength = 0;
  return {
    async append(bytes) {
      hash.update(bytes);
      byteLength += bytes.length;
    },
    commit: async () => ({ digest: hash.digest('hex'), byteLength }),
    discard: async () => {},
  };
}
