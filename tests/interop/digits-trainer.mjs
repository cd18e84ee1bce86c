// Module of a worker: the demo's 2NN on some digits of MNIST, `{ digits, part, parts }`, or on the test images.
import { createTfjsTrainer, softmaxCrossEntropy, useWasmBackend } from '@fedops/tfjs';

const demo = new URL('../../apps/demo/dist/', import.meta.url);

export async function createTrainer({ set = 'train', digits, part, parts }) {
  const { readMnist, selectImages } = await import(new URL('data/mnist.js', demo));
  const { createTwoNn } = await import(new URL('model/two-nn.js', demo));
  const all = await readMnist(set);
  const wanted = [...all.labels.keys()].filter((at) => digits.includes(all.labels[at]));
  const { pixels, labels } = selectImages(all, Uint32Array.from(wanted.filter((_, i) => i % parts === part)));
  await useWasmBackend();
  return createTfjsTrainer({
    model: createTwoNn(0),
    data: {
      features: pixels,
      featureShape: [784],
      scale: 1 / 255,
      targets: { kind: 'classes', labels, classes: 10 },
    },
    loss: softmaxCrossEntropy,
  });
}
