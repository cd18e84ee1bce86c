import { create } from '@bufbuild/protobuf';
import { ParametersSchema, type Parameters as WireParameters } from '../generated/flower_pb.js';

/** A model as Flower sends it: tensors in order, without names. */
export interface TensorList {
  /** Each an NPY file. */
  readonly tensors: readonly Uint8Array[];
}

/** What Python writes as the type of its tensors, and never reads. */
const TENSOR_TYPE = 'numpy.ndarray';

/** The tensors as they travel; not copied. */
export function wireParametersOf({ tensors }: TensorList): WireParameters {
  return create(ParametersSchema, {
    tensors: [...tensors] as Uint8Array<ArrayBuffer>[],
    tensorType: TENSOR_TYPE,
  });
}

/** A message without parameters has no tensors. */
export function tensorListOfWire(parameters: WireParameters | undefined): TensorList {
  return { tensors: parameters?.tensors ?? [] };
}
