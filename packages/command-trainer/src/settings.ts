import { parseWith, type Signature, SignatureSchema } from '@fedops/shared-types';
import { z } from 'zod';
import { MODEL_FORMATS, type ModelFormat } from './model/model-format.js';

/** What a {@link commandTrainer} is told. Durations in milliseconds, sizes in bytes. */
export interface CommandTrainerSettings {
  /** The program and its arguments; no shell looks at them. */
  readonly command: readonly string[];
  /** How parameters are written, both ways; `safetensors` by default. */
  readonly format?: ModelFormat;
  /** Where the program runs; by default where this process does. */
  readonly cwd?: string;
  /** Variables for the program, besides the few that it gets of this process's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Longest fit. By default nothing but its signal ends one, which a session aborts when the round is over. */
  readonly fitTimeoutMs?: number;
  /** Longest evaluation; by default as with a fit. */
  readonly evaluateTimeoutMs?: number;
  /** A program that was told to end is killed after so long; 3,000 by default. */
  readonly graceMs?: number;
  readonly limits?: CommandLimits;
  /** What the program trains: a server that asks for another model then refuses the client when it joins. */
  readonly signature?: Signature;
}

/** What is taken from a program at most. */
export interface CommandLimits {
  /** Bytes of the result's parameters, in the file and once inflated; by default four times the model's, and at least 16 MiB. */
  readonly parametersBytes?: number;
  /** Bytes of `result.json`; 1 MiB by default. */
  readonly resultBytes?: number;
  /** Characters of standard error that an error keeps; 4,000 by default. */
  readonly stderrLength?: number;
}

const argument = z.string().regex(/^[^\0]*$/, 'must not contain NUL');
const ms = z.int().min(1);
const limit = z.int().min(1);

const SettingsSchema = z.strictObject({
  command: z.tuple([argument.min(1)], argument),
  format: z.enum(MODEL_FORMATS).default('safetensors'),
  cwd: argument.min(1).optional(),
  env: z.record(argument.regex(/^[^=]+$/, 'must not contain ='), argument).default({}),
  fitTimeoutMs: ms.optional(),
  evaluateTimeoutMs: ms.optional(),
  graceMs: z.int().min(0).default(3_000),
  limits: z
    .strictObject({
      parametersBytes: limit.optional(),
      resultBytes: limit.default(1024 ** 2),
      stderrLength: limit.default(4_000),
    })
    .prefault({}),
  signature: SignatureSchema.optional(),
});

/** Settings with their defaults. */
export type ResolvedSettings = z.output<typeof SettingsSchema>;

/** @throws {FedOpsError} `invalid-argument`, naming each setting that is wrong. */
export function resolveSettings(settings: CommandTrainerSettings): ResolvedSettings {
  return parseWith(SettingsSchema, settings, 'settings of commandTrainer');
}
