import { assertSameSignature, createParameters, type Parameters, type TensorData } from '@fedops/parameters';
import { type Dtype, FedOpsError, type Signature } from '@fedops/shared-types';
import { type DataType, tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';
import { stableWeightNames } from './weight-names.js';

/**
 * Names, shapes and dtypes of a model's weights, layer by layer, those that no gradient trains included
 * (the moving averages of a batch normalisation). Equal in every process that builds the same model.
 *
 * @throws {FedOpsError} `unsupported` for weights that are neither float32, int32 nor bool.
 */
export function signatureOf(model: LayersModel): Signature {
  const names = stableWeightNames(
    model.layers.map((layer) => ({
      name: layer.name,
      className: layer.getClassName(),
      weights: layer.weights.map(({ originalName }) => originalName),
    })),
  );
  return weightsOf(model).map(({ shape, dtype }, i) => {
    const name = names[i]!;
    return { name, shape: shape.map(Number), dtype: dtypeOf(dtype, name) };
  });
}

/**
 * A copy of a model's weights.
 *
 * @throws {FedOpsError} as {@link signatureOf}.
 */
export function parametersOf(model: LayersModel): Parameters {
  const tensors = weightsOf(model).map((weight) =>
    weight.read().dataSync<'float32' | 'int32' | 'bool'>().slice(),
  );
  return createParameters(signatureOf(model), tensors);
}

/**
 * Sets a model's weights. The parameters are copied.
 *
 * @throws {FedOpsError} `shape-mismatch`, naming the first tensor that differs; the model is then as it was.
 */
export function applyParameters(model: LayersModel, parameters: Parameters): void {
  const signature = signatureOf(model);
  assertSameSignature(parameters.signature, signature);
  tidy(() => {
    weightsOf(model).forEach((weight, i) => {
      const { shape } = signature[i]!;
      weight.write(tensor(copyOf(parameters.tensors[i]!), [...shape], weight.dtype));
    });
  });
}

/** Shared layers count once, where they first stand. */
function weightsOf(model: LayersModel): LayerVariable[] {
  return model.layers.flatMap((layer) => layer.weights);
}

function copyOf(data: TensorData): Float32Array | Int32Array | Uint8Array {
  return (data as Float32Array | Int32Array | Uint8Array).slice();
}

function dtypeOf(dtype: DataType, name: string): Dtype {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new FedOpsError('unsupported', `tensor ${name}: expected float32, int32 or bool, got ${dtype}`);
}
