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

/** What other element types are called, for messages. */
const OTHERS: Readonly<Record<string, string>> = { F16: 'float16', BF16: 'bfloat16' };

const DTYPE_OF = new Map<string, Dtype>(DTYPES.map((dtype) => [SAFETENSORS_DTYPE[dtype], dtype]));

/** Our name of the element type, or the best name there is for one that we do not have. */
export function dtypeName(dtype: string): string {
  return DTYPE_OF.get(dtype) ?? (Object.hasOwn(OTHERS, dtype) ? OTHERS[dtype]! : dtype.slice(0, 40));
}
