import { DTYPES, type Dtype } from '@fedops/shared-types';

/** How safetensors calls our element types. */
export const SAFETENSORS_DTYPE: Readonly<Record<Dtype, string>> = {
  float32: 'F32',
  float64: 'F64',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  bool: 'BOOL',
};

/** What element types are called that we do not have, for messages. */
const OTHERS = new Map([
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I8', 'int8'],
  ['I16', 'int16'],
  ['U16', 'uint16'],
  ['U32', 'uint32'],
  ['U64', 'uint64'],
]);

const DTYPE_OF = new Map<string, Dtype>(DTYPES.map((dtype) => [SAFETENSORS_DTYPE[dtype], dtype]));

/** Our name of the element type, or the best name there is for one that we do not have. */
export function dtypeName(dtype: string): string {
  return DTYPE_OF.get(dtype) ?? OTHERS.get(dtype) ?? dtype.slice(0, 40);
}
