/** Element types that an NPY tensor may have, as NumPy names them. */
export const NPY_DTYPES = [
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float16',
  'float32',
  'float64',
  'complex64',
  'complex128',
] as const;

/** The element type of one NPY tensor. */
export type NpyDtype = (typeof NPY_DTYPES)[number];

/** How a type code is stored. */
export interface Storage {
  /** NumPy's type code without the byte order, such as `f4`. */
  readonly code: string;
  readonly bytesPerElement: number;
  /** Bytes that turn together where the byte order is another one; half an element of a complex number. */
  readonly bytesPerNumber: number;
}

/** Type codes and sizes; see NumPy, "The array interface protocol". */
export const STORAGE: Readonly<Record<NpyDtype, Storage>> = {
  bool: { code: 'b1', bytesPerElement: 1, bytesPerNumber: 1 },
  int8: { code: 'i1', bytesPerElement: 1, bytesPerNumber: 1 },
  int16: { code: 'i2', bytesPerElement: 2, bytesPerNumber: 2 },
  int32: { code: 'i4', bytesPerElement: 4, bytesPerNumber: 4 },
  int64: { code: 'i8', bytesPerElement: 8, bytesPerNumber: 8 },
  uint8: { code: 'u1', bytesPerElement: 1, bytesPerNumber: 1 },
  uint16: { code: 'u2', bytesPerElement: 2, bytesPerNumber: 2 },
  uint32: { code: 'u4', bytesPerElement: 4, bytesPerNumber: 4 },
  uint64: { code: 'u8', bytesPerElement: 8, bytesPerNumber: 8 },
  float16: { code: 'f2', bytesPerElement: 2, bytesPerNumber: 2 },
  float32: { code: 'f4', bytesPerElement: 4, bytesPerNumber: 4 },
  float64: { code: 'f8', bytesPerElement: 8, bytesPerNumber: 8 },
  complex64: { code: 'c8', bytesPerElement: 8, bytesPerNumber: 4 },
  complex128: { code: 'c16', bytesPerElement: 16, bytesPerNumber: 8 },
};

const DTYPE_OF_CODE = new Map(NPY_DTYPES.map((dtype) => [STORAGE[dtype].code, dtype]));

/** The `descr` of little-endian elements; types of one byte have no order. */
export function descrOf(dtype: NpyDtype): string {
  const { code, bytesPerNumber } = STORAGE[dtype];
  return `${bytesPerNumber === 1 ? '|' : '<'}${code}`;
}

/** What a `descr` says; undefined for element types that we do not know, such as text or objects. */
export function parseDescr(
  descr: string,
): { readonly dtype: NpyDtype; readonly byteOrder: 'little' | 'big' } | undefined {
  const dtype = DTYPE_OF_CODE.get(descr.slice(1));
  const order = descr[0];
  if (dtype === undefined || order === undefined || !'<>|='.includes(order)) return undefined;
  if (STORAGE[dtype].bytesPerNumber > 1 && order !== '<' && order !== '>') return undefined;
  return { dtype, byteOrder: order === '>' ? 'big' : 'little' };
}
