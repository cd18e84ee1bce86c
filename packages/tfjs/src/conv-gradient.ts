import {
  backend_util,
  type Conv2DBackpropFilterAttrs,
  conv2d,
  getKernel,
  type KernelFunc,
  pad,
  registerKernel,
  slice,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { WASM } from './wasm-kernel.js';

const KERNEL = 'Conv2DBackpropFilter';

/**
 * Gives the wasm backend the gradient of a 2-D convolution with respect to its filter, without which it cannot
 * train a CNN. Does nothing where the kernel is there already, such as in a later TensorFlow.js.
 *
 * The gradient is itself a convolution: dW[kh, kw, i, o] = Σ x[n, s·h + kh, s·w + kw, i] · dy[n, h, w, o], with
 * batch and input channels in exchanged places and the stride s as dilation. Channels last only.
 */
export function registerConvGradient(): void {
  if (getKernel(KERNEL, WASM) !== undefined) return;
  registerKernel({ kernelName: KERNEL, backendName: WASM, kernelFunc: filterGradient });
}

const filterGradient: KernelFunc = ({ inputs, attrs }) => {
  const { x, dy } = inputs as unknown as { readonly x: Tensor4D; readonly dy: Tensor4D };
  const {
    strides,
    pad: padding,
    dimRoundingMode,
    filterShape,
  } = attrs as unknown as Conv2DBackpropFilterAttrs;
  const { padInfo, strideHeight, strideWidth, outHeight, outWidth } = backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    strides,
    1,
    padding,
    dimRoundingMode,
  );
  const [filterHeight, filterWidth] = filterShape;
  // Rows and columns that no step of the stride reached make the result too large: cut off below.
  const below = Math.max(0, (outHeight - 1) * strideHeight + filterHeight - x.shape[1] - padInfo.top);
  const right = Math.max(0, (outWidth - 1) * strideWidth + filterWidth - x.shape[2] - padInfo.left);

  return tidy(() => {
    const padded = pad(x, [
      [0, 0],
      [padInfo.top, below],
      [padInfo.left, right],
      [0, 0],
    ]);
    const gradient = conv2d(
      transpose(padded, [3, 1, 2, 0]) as Tensor4D,
      transpose(dy, [1, 2, 0, 3]) as Tensor4D,
      1,
      'valid',
      'NHWC',
      [strideHeight, strideWidth],
    );
    return transpose(slice(gradient, [0, 0, 0, 0], [-1, filterHeight, filterWidth, -1]), [1, 2, 0, 3]);
  });
};
