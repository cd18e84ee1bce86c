import { layoutOf, type Parameters, viewTensorData } from '@fedops/parameters';
import type { ParametersRef } from '@fedops/shared-types';

/** Larger models are fetched each time: a second copy of them is dearer than the transfer. */
const MAX_CACHED_BYTES = 256 * 1024 * 1024;

/**
 * Keeps the parameters fetched last. A round's evaluation and the next round's fit start from the same digest, so
 * this saves every second download for one copy in memory, which takes far less time than a transfer.
 */
export interface ParametersCache {
  /** The parameters behind the reference, for the caller to keep and change. */
  get(ref: ParametersRef, fetch: () => Promise<Parameters>): Promise<Parameters>;
}

/** An empty cache. */
export function createParametersCache(): ParametersCache {
  let kept: { readonly digest: string; readonly parameters: Parameters } | undefined;
  return {
    async get(ref, fetch) {
      if (kept?.digest === ref.digest) return copyOf(kept.parameters);
      kept = undefined;
      const parameters = await fetch();
      if (ref.byteLength > MAX_CACHED_BYTES) return parameters;
      kept = { digest: ref.digest, parameters };
      return copyOf(parameters);
    },
  };
}

/** The same parameters in one buffer of their own. */
export function copyOf({ signature, tensors }: Parameters): Parameters {
  const { places, byteLength } = layoutOf(signature);
  const bytes = new Uint8Array(byteLength);
  const copies = signature.map(({ dtype }, i) => {
    const data = tensors[i]!;
    const { offset, elements } = places[i]!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    return viewTensorData(dtype, bytes, offset, elements);
  });
  return { signature, tensors: copies };
}
