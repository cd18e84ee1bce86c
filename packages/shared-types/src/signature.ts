import { z } from 'zod';

/** Element types of tensors, little-endian on the wire: docs/protocol.md 2. */
export const DTYPES = ['float32', 'float64', 'int32', 'int64', 'uint8', 'bool'] as const;
/** The element type of one tensor. */
export type Dtype = (typeof DTYPES)[number];

/** Name, shape and element type of one tensor; a shape of `[]` is a scalar. */
export const TensorSpecSchema = z.object({
  name: z.string().min(1).max(500),
  shape: z.array(z.int().min(0)).max(32),
  dtype: z.enum(DTYPES),
});
export type TensorSpec = z.infer<typeof TensorSpecSchema>;

/** The tensors of a model in order: what every update to it must look like. */
export const SignatureSchema = z
  .array(TensorSpecSchema)
  .min(1)
  .max(100_000)
  .refine(
    (specs) => new Set(specs.map(({ name }) => name)).size === specs.length,
    'tensor names must differ',
  );
/** A signature that nobody changes: 1 to 100,000 tensors with different names, in the order of their bytes. */
export type Signature = readonly Readonly<TensorSpec>[];
