import { decodeNpy, encodeNpy, type NpyTensor, type TensorList } from '@fedops/flower';
import type { Signature } from '@fedops/shared-types';

/**
 * The tensors with float32 and float64 as the signature has them; everything else is left as it is. Python's
 * strategies widen a float32 model to float64 between rounds (FedAdam with NumPy 2 does), and its clients narrow it
 * again without a word.
 *
 * @throws {FedOpsError} `invalid-argument`, `unsupported` or `too-large` for bytes that are no NPY file.
 */
export function withFloatsOf({ tensors }: TensorList, signature: Signature): TensorList {
  return {
    tensors: tensors.map((file, i) => {
      const wanted = signature[i]?.dtype;
      if (wanted !== 'float32' && wanted !== 'float64') return file;
      const tensor = decodeNpy(file);
      if (tensor.dtype === wanted || (tensor.dtype !== 'float32' && tensor.dtype !== 'float64')) return file;
      return encodeNpy({ dtype: wanted, shape: tensor.shape, bytes: converted(tensor, wanted) });
    }),
  };
}

function converted({ bytes }: NpyTensor, to: 'float32' | 'float64'): Uint8Array {
  const { buffer } = Uint8Array.from(bytes);
  const elements =
    to === 'float32'
      ? Float32Array.from(new Float64Array(buffer))
      : Float64Array.from(new Float32Array(buffer));
  return new Uint8Array(elements.buffer);
}
