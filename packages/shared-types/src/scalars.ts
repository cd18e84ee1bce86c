import { z } from 'zod';

/** Named measurements of a fit or an evaluation; every value finite. */
export const MetricsSchema = z
  .record(z.string().min(1).max(100), z.number())
  .refine((metrics) => Object.keys(metrics).length <= 100, 'at most 100 metrics');
export type Metrics = z.infer<typeof MetricsSchema>;

/** Settings that the server sends with an instruction, such as `{ localEpochs: 1, batchSize: 32 }`. */
export const ConfigSchema = z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]));
export type Config = z.infer<typeof ConfigSchema>;

/** SHA-256 in lower-case hexadecimal. */
export const Sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal');
export type Sha256 = z.infer<typeof Sha256Schema>;
