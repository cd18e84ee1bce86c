import type { Trainer } from '@fedops/client-session';
import { createTfjsTrainer, type Dataset, softmaxCrossEntropy, useWasmBackend } from '@fedops/tfjs';
import { type DigitImages, IMAGE_SIZE, readMnist, selectImages } from '../data/mnist.js';
import { partitionExamples } from '../data/partition-examples.js';
import { parseTrainerSettings, type TrainerSettings } from './trainer-settings.js';
import { createTwoNn } from './two-nn.js';

/**
 * Module of a worker: the trainer that {@link TrainerSettings} describe, around the 2NN.
 *
 * @throws {FedOpsError} `invalid-argument` for other settings or more clients than images, `not-found`, `storage`
 *   or `invalid-argument` where MNIST cannot be read, `unsupported` without WebAssembly.
 */
export async function createTrainer(data: unknown): Promise<Trainer> {
  const settings = parseTrainerSettings(data);
  const [images] = await Promise.all([readImages(settings), useWasmBackend()]);
  return createTfjsTrainer({ model: createTwoNn(0), data: datasetOf(images), loss: softmaxCrossEntropy });
}

async function readImages(settings: TrainerSettings): Promise<DigitImages> {
  if (settings.role === 'examiner') return readMnist('test');
  const all = await readMnist('train');
  return selectImages(all, partitionExamples(all.labels, settings)[settings.client]!);
}

function datasetOf({ pixels, labels }: DigitImages): Dataset {
  return {
    features: pixels,
    featureShape: [IMAGE_SIZE],
    scale: 1 / 255,
    targets: { kind: 'classes', labels, classes: 10 },
  };
}
