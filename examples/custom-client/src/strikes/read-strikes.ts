import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { parsePlainTable } from './plain-table.js';
import { type Strike, strikeOf } from './strike.js';

/**
 * The 10,000 bird strikes of the package `vega-datasets`, reported to the FAA from 1990 to 2002.
 *
 * @throws {FedOpsError} `storage` where the file cannot be read; `invalid-argument` where it is another table.
 */
export async function readStrikes(): Promise<Strike[]> {
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  const path = join(dirname(entry), '..', 'data', 'birdstrikes.csv');
  const table = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new FedOpsError('storage', `the bird strikes at ${path} cannot be read`, { cause });
  });
  return parsePlainTable(table).map(strikeOf);
}
