import { FedOpsError } from '@fedops/shared-types';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import type { RandomGenerator } from 'pure-rand';
import { nextSeed } from './seeds.js';

type Layer = layers.Layer;

/** A dropout layer's seed: fixed at construction in TensorFlow.js, yet read anew at every call. */
type SeededLayer = Layer & { seed: number };

/**
 * A function that gives every dropout layer of the model a new seed, to be called before each batch, so that its
 * masks start from the fit's seed and differ from batch to batch.
 *
 * @throws {FedOpsError} `unsupported` for a layer whose randomness in training cannot be seeded.
 */
export function createDropoutSeeder(model: LayersModel): (random: RandomGenerator) => void {
  const all = innerLayers(model.layers);
  const unseedable = all.find(isUnseedable);
  if (unseedable !== undefined) {
    throw new FedOpsError(
      'unsupported',
      `layer ${unseedable.name}: TensorFlow.js cannot seed the randomness of ${unseedable.getClassName()}`,
    );
  }
  const dropouts = all.filter((layer): layer is SeededLayer => layer.getClassName() === 'Dropout');
  return (random) => {
    for (const layer of dropouts) layer.seed = nextSeed(random);
  };
}

function isUnseedable(layer: Layer): boolean {
  if (UNSEEDABLE.has(layer.getClassName())) return true;
  const { dropout = 0, recurrentDropout = 0 } = layer.getConfig();
  return Number(dropout) > 0 || Number(recurrentDropout) > 0;
}

const UNSEEDABLE: ReadonlySet<string> = new Set(['GaussianNoise', 'GaussianDropout', 'AlphaDropout']);

/** Layers within models and wrappers included. */
function innerLayers(outer: readonly Layer[]): Layer[] {
  return outer.flatMap((layer) => {
    const { layers = [], layer: wrapped, forwardLayer, backwardLayer } = layer as Layer & InnerLayers;
    const inner = [wrapped, forwardLayer, backwardLayer].filter((each) => each !== undefined);
    return [layer, ...innerLayers([...layers, ...inner])];
  });
}

/** Where models, time-distributed and bidirectional layers keep what they wrap. */
interface InnerLayers {
  readonly layers?: readonly Layer[];
  readonly layer?: Layer;
  readonly forwardLayer?: Layer;
  readonly backwardLayer?: Layer;
}
