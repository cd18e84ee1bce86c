import type { TrainerContext } from '@fedops/client-session';
import { initializers, input, type LayersModel, layers, model, sequential } from '@tensorflow/tfjs-layers';
import type { Dataset } from '../src/dataset.js';
import { createSeeds } from '../src/seeds.js';

/** Points of a plane in a grid; the class says on which side of the line y = x they lie. */
export function aDataset({ side = 8 }: { side?: number } = {}): Dataset {
  const coordinates = Array.from({ length: side }, (_, i) => (i / (side - 1)) * 2 - 1);
  const points = coordinates.flatMap((x) => coordinates.map((y) => [x, y + 0.1] as const));
  return {
    features: Float32Array.from(points.flat()),
    featureShape: [2],
    targets: { kind: 'classes', labels: Uint8Array.from(points, ([x, y]) => (y > x ? 1 : 0)), classes: 2 },
  };
}

/** A seeded 2-8-2 network that gives logits. */
export function aModel(seed = 7): LayersModel {
  const next = createSeeds(seed);
  const dense = (units: number, name: string, activation: 'tanh' | 'linear', inputShape?: number[]) =>
    layers.dense({
      units,
      name,
      activation,
      kernelInitializer: initializers.glorotUniform({ seed: next() }),
      ...(inputShape === undefined ? {} : { inputShape }),
    });
  return sequential({ layers: [dense(8, 'hidden', 'tanh', [2]), dense(2, 'output', 'linear')] });
}

/** The network with a layer of its own between input and output. */
export function aModelWith(layer: layers.Layer, seed = 7): LayersModel {
  const next = createSeeds(seed);
  const seeded = () => initializers.glorotUniform({ seed: next() });
  const points = input({ shape: [2] });
  const hidden = layers.dense({ units: 8, name: 'hidden', kernelInitializer: seeded() }).apply(points);
  const output = layers.dense({ units: 2, name: 'output', kernelInitializer: seeded() });
  return model({ inputs: points, outputs: output.apply(layer.apply(hidden)) as ReturnType<typeof input> });
}

export function aContext(parts: Partial<TrainerContext> = {}): TrainerContext {
  return { signal: new AbortController().signal, progress: () => {}, ...parts };
}
