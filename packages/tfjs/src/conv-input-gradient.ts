import {
  backend_util,
  type Conv2DBackpropInputAttrs,
  conv2d,
  type KernelFunc,
  pad,
  reverse,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { replaceKernel } from './wasm-kernel.js';

/**
 * Makes the wasm backend compute the gradient of a convolution of stride 1 with respect to its input by a
 * convolution, for which it has vector instructions; its own kernel is about 10 times slower. Other strides are
 * left to that. Safe to call again.
 */
export function registerConvInputGradient(): void {
  replaceKernel('Conv2DBackpropInput', convolveWhereStrideIsOne);
}

/**
 * dx[n, h, w, i] = Σ dy[n, h + top - kh, w + left - kw, o] · W[kh, kw, i, o]: a convolution of dy with the filter
 * turned by half a turn and its channels exchanged.
 */
function convolveWhereStrideIsOne(kernel: KernelFunc): KernelFunc {
  return (call) => {
    const { dy, filter } = call.inputs as unknown as { readonly dy: Tensor4D; readonly filter: Tensor4D };
    const {
      inputShape,
      strides,
      pad: padding,
      dimRoundingMode,
    } = call.attrs as unknown as Conv2DBackpropInputAttrs;
    const { padInfo, strideHeight, strideWidth, filterHeight, filterWidth, outHeight, outWidth } =
      backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, padding, dimRoundingMode);
    const above = filterHeight - 1 - padInfo.top;
    const below = inputShape[1] - outHeight + padInfo.top;
    const left = filterWidth - 1 - padInfo.left;
    const right = inputShape[2] - outWidth + padInfo.left;
    if (strideHeight !== 1 || strideWidth !== 1 || Math.min(above, below, left, right) < 0)
      return kernel(call);

    return tidy(() => {
      const turned = transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]) as Tensor4D;
      const padded = pad(dy, [
        [0, 0],
        [above, below],
        [left, right],
        [0, 0],
      ]);
      return conv2d(padded, turned, 1, 'valid');
    });
  };
}
