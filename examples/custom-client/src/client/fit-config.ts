import { type Config, parseWith } from '@fedops/shared-types';
import { z } from 'zod';

const FitConfigSchema = z.object({
  localEpochs: z.int().min(1).max(1_000),
  batchSize: z.int().min(1).max(100_000),
  learningRate: z.number().gt(0).max(100),
  l2: z.number().min(0).max(100),
});

/** What a server may tell this trainer. */
export type FitConfig = z.infer<typeof FitConfigSchema>;

/** @throws {FedOpsError} `invalid-argument`, naming each setting that is missing or out of bounds. */
export function readFitConfig(config: Config): FitConfig {
  return parseWith(FitConfigSchema, config, 'config of the fit');
}
