import { beforeAll, expect, test } from '@jest/globals';
import {
  conv2d,
  getKernel,
  grad,
  memory,
  mul,
  sum,
  type Tensor4D,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { xoroshiro128plus } from 'pure-rand';
import {
  createSeeds,
  createTfjsTrainer,
  type Dataset,
  parametersOf,
  registerConvGradient,
  softmaxCrossEntropy,
  useWasmBackend,
} from '../src/index.js';
import { aContext } from './points.js';

beforeAll(useWasmBackend);

interface Convolution {
  input: [batch: number, height: number, width: number, channels: number];
  filter: [height: number, width: number];
  channels: number;
  stride: number;
  padding: 'same' | 'valid';
}

const convolutions: Convolution[] = [
  { input: [2, 6, 6, 1], filter: [3, 3], channels: 2, stride: 1, padding: 'same' },
  { input: [3, 7, 5, 2], filter: [3, 2], channels: 3, stride: 1, padding: 'valid' },
  { input: [2, 8, 8, 3], filter: [5, 5], channels: 4, stride: 1, padding: 'same' },
  { input: [2, 7, 9, 2], filter: [3, 3], channels: 2, stride: 2, padding: 'same' },
  { input: [1, 8, 8, 2], filter: [3, 3], channels: 2, stride: 2, padding: 'valid' },
  { input: [2, 8, 7, 1], filter: [2, 2], channels: 2, stride: 3, padding: 'valid' },
];

test.each(convolutions)('gives the gradient that the definition gives for %j', (convolution) => {
  const { input, filter, channels, stride, padding } = convolution;
  const next = createNumbers(5);
  const x = tensor4d(next(size(input)), input);
  const filterShape: Shape = [...filter, input[3], channels];
  const w = tensor4d(next(size(filterShape)), filterShape);
  const y = conv2d(x, w, stride, padding);
  const dy = tensor4d(next(y.size), y.shape);

  const gradient = tidy(() =>
    grad((weights) => sum(mul(conv2d(x, weights as Tensor4D, stride, padding), dy)))(w).dataSync(),
  );

  const expected = gradientByDefinition(x, dy, filterShape, convolution);
  expect(largestDifference(gradient, expected)).toBeLessThan(1e-4);
});

test.each(convolutions)('gives the gradient of the input that the definition gives for %j', (convolution) => {
  const { input, filter, channels, stride, padding } = convolution;
  const next = createNumbers(6);
  const x = tensor4d(next(size(input)), input);
  const filterShape: Shape = [...filter, input[3], channels];
  const w = tensor4d(next(size(filterShape)), filterShape);
  const { shape } = conv2d(x, w, stride, padding);
  const dy = tensor4d(next(size(shape)), shape);

  const gradient = tidy(() =>
    grad((pixels) => sum(mul(conv2d(pixels as Tensor4D, w, stride, padding), dy)))(x).dataSync(),
  );

  expect(largestDifference(gradient, inputGradientByDefinition(w, dy, convolution))).toBeLessThan(1e-4);
});

test('a small CNN learns to tell bars that stand from bars that lie', async () => {
  const seeds = createSeeds(11);
  const seeded = () => initializers.glorotUniform({ seed: seeds() });
  const model = sequential({
    layers: [
      layers.conv2d({
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(),
        inputShape: [6, 6, 1],
      }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 4, kernelSize: 2, activation: 'relu', kernelInitializer: seeded() }),
      layers.flatten(),
      layers.dense({ units: 2, kernelInitializer: seeded() }),
    ],
  });
  const trainer = createTfjsTrainer({ model, data: bars(), loss: softmaxCrossEntropy });
  const input = { parameters: parametersOf(model), round: 1, seed: 1, config: {} };
  const before = await trainer.evaluate(input, aContext());

  const config = { localEpochs: 60, batchSize: 6, learningRate: 0.2 };
  const { parameters } = await trainer.fit({ ...input, config }, aContext());
  const after = await trainer.evaluate({ ...input, parameters }, aContext());

  expect(before.metrics.accuracy).toBeLessThan(0.9);
  expect(after.metrics.accuracy).toBe(1);
});

test('leaves no tensor behind', () => {
  const x = tensor4d(new Float32Array(2 * 4 * 4), [2, 4, 4, 1]);
  const w = tensor4d(new Float32Array(9), [3, 3, 1, 1]);
  const { numTensors, numDataBuffers } = memory();

  grad((weights) => sum(conv2d(x, weights as Tensor4D, 1, 'same')))(w).dispose();
  grad((pixels) => sum(conv2d(pixels as Tensor4D, w, 1, 'same')))(x).dispose();

  expect(memory()).toMatchObject({ numTensors, numDataBuffers });
});

test('leaves a kernel alone that is there already', () => {
  const present = getKernel('Conv2DBackpropFilter', 'wasm');

  registerConvGradient();

  expect(present).toBeDefined();
  expect(getKernel('Conv2DBackpropFilter', 'wasm')).toBe(present);
});

type Shape = [number, number, number, number];

function size(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

function createNumbers(seed: number): (count: number) => Float32Array {
  const random = xoroshiro128plus(seed);
  return (count) => Float32Array.from({ length: count }, () => random.unsafeNext() / 2 ** 31);
}

/** dW[kh, kw, i, o] = Σ x[n, s·h + kh - top, s·w + kw - left, i] · dy[n, h, w, o], in float64. */
function gradientByDefinition(
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: Shape,
  convolution: Convolution,
): number[] {
  const [inputs, outputs] = [x.dataSync(), dy.dataSync()];
  const gradient = new Array<number>(size(filterShape)).fill(0);
  for (const { pixel, weight, output } of products(convolution, dy.shape)) {
    gradient[weight]! += inputs[pixel]! * outputs[output]!;
  }
  return gradient;
}

/** The same sum, gathered by the pixel: dx = Σ W · dy. */
function inputGradientByDefinition(w: Tensor4D, dy: Tensor4D, convolution: Convolution): number[] {
  const [weights, outputs] = [w.dataSync(), dy.dataSync()];
  const gradient = new Array<number>(size(convolution.input)).fill(0);
  for (const { pixel, weight, output } of products(convolution, dy.shape)) {
    gradient[pixel]! += weights[weight]! * outputs[output]!;
  }
  return gradient;
}

/** Which pixel meets which weight in which output, as flat indices: all products that a convolution sums up. */
function* products({ input, filter, channels, stride, padding }: Convolution, outShape: Shape) {
  const [batch, height, width, inChannels] = input;
  const [filterHeight, filterWidth] = filter;
  const [, outHeight, outWidth] = outShape;
  const before = (out: number, size: number, whole: number) =>
    padding === 'valid' ? 0 : Math.floor(Math.max(0, (out - 1) * stride + size - whole) / 2);
  const [top, left] = [before(outHeight, filterHeight, height), before(outWidth, filterWidth, width)];
  for (let n = 0; n < batch; n++)
    for (let h = 0; h < outHeight; h++)
      for (let w = 0; w < outWidth; w++)
        for (let kh = 0; kh < filterHeight; kh++)
          for (let kw = 0; kw < filterWidth; kw++) {
            const [row, column] = [stride * h + kh - top, stride * w + kw - left];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            for (let i = 0; i < inChannels; i++)
              for (let o = 0; o < channels; o++) {
                yield {
                  pixel: ((n * height + row) * width + column) * inChannels + i,
                  weight: ((kh * filterWidth + kw) * inChannels + i) * channels + o,
                  output: ((n * outHeight + h) * outWidth + w) * channels + o,
                };
              }
          }
}

function largestDifference(a: ArrayLike<number>, b: readonly number[]): number {
  return Math.max(...b.map((value, i) => Math.abs(value - a[i]!)));
}

/** Each row and each column of 6 × 6 once as a bar. */
function bars(): Dataset {
  const images = Array.from({ length: 12 }, (_, example) => {
    const [lies, at] = [example % 2, Math.floor(example / 2)];
    return Array.from({ length: 36 }, (_, i) => ((lies === 1 ? Math.floor(i / 6) : i % 6) === at ? 255 : 0));
  });
  return {
    features: Uint8Array.from(images.flat()),
    featureShape: [6, 6, 1],
    scale: 1 / 255,
    targets: { kind: 'classes', labels: Uint8Array.from(images, (_, example) => example % 2), classes: 2 },
  };
}
