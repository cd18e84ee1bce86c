import { parseArgs } from 'node:util';
import { FedOpsError, parseWith } from '@fedops/shared-types';
import { z } from 'zod';
import { ROUNDS } from './federation/settings.js';

const whole = (least: number, most: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.int().min(least).max(most));

const OptionsSchema = z.object({
  rounds: whole(1, 1_000).default(ROUNDS),
  seed: whole(0, 2 ** 31).default(1),
  measure: z.enum(['test', 'validation']).default('test'),
  json: z.string().min(1).optional(),
  help: z.boolean().default(false),
});

/** What the example is told on its command line. */
export type Options = z.output<typeof OptionsSchema>;

export const USAGE = `Bird strikes by airport: local models against one federated model.

  --rounds N                   rounds of federated averaging; ${ROUNDS} by default
  --seed N                     splits, training and the run derive from it; 1 by default
  --measure test|validation    rows to measure with; validation leaves the test rows untouched
  --json FILE                  write the result to a file as well
  --help`;

/** @throws {FedOpsError} `invalid-argument` for an unknown option or a value that cannot be, naming it. */
export function parseOptions(args: readonly string[]): Options {
  return parseWith(OptionsSchema, valuesOf(args), 'options');
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        seed: { type: 'string' },
        measure: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    throw new FedOpsError('invalid-argument', (cause as Error).message, { cause });
  }
}
