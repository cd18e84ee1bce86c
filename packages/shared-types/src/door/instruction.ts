import { z } from 'zod';
import { FEDOPS_ERROR_CODES } from '../error.js';
import { RunIdSchema } from '../ids.js';
import { ConfigSchema, Sha256Schema } from '../scalars.js';

/** Parameters by their digest: fetched from `/v1/parameters/{digest}`, immutable, fit for every cache. */
export const ParametersRefSchema = z.object({
  digest: Sha256Schema,
  byteLength: z.int().min(1),
});
export type ParametersRef = z.infer<typeof ParametersRefSchema>;

const work = {
  runId: RunIdSchema,
  round: z.int().min(1),
  parameters: ParametersRefSchema,
  config: ConfigSchema,
  /** Derives from (seed, run, round, client): all randomness of this work starts here. */
  seed: z.int().min(0).max(0xffff_ffff),
  /** The round closes in so many milliseconds, result or not. Relative, as clocks differ. */
  remainingMs: z.int().min(0),
};

/** `GET /v1/clients/{clientId}/instruction`: what this client shall do now. 204 instead where there is nothing yet. */
export const InstructionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fit'), ...work }),
  z.object({ kind: z.literal('evaluate'), ...work }),
  z.object({ kind: z.literal('finish'), runId: RunIdSchema, version: z.int().min(1), digest: Sha256Schema }),
  z.object({
    kind: z.literal('fail'),
    runId: RunIdSchema,
    code: z.enum(FEDOPS_ERROR_CODES),
    message: z.string(),
  }),
]);
export type Instruction = z.infer<typeof InstructionSchema>;
/** To train from the named parameters and deliver an update: docs/protocol.md 1.5. */
export type FitInstruction = Extract<Instruction, { kind: 'fit' }>;
/** To measure the named parameters and deliver an evaluation: docs/protocol.md 1.6. */
export type EvaluateInstruction = Extract<Instruction, { kind: 'evaluate' }>;
