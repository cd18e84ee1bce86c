import { FedOpsError, parseWith } from '@fedops/shared-types';
import type { Row } from '@libsql/client';
import type { z } from 'zod';

/**
 * A JSON column as its schema reads it.
 *
 * @throws {FedOpsError} `storage` for a row that is not what this program wrote.
 */
export function readBody<S extends z.ZodType>(
  schema: S,
  value: Row[string] | undefined,
  what: string,
): z.output<S> {
  return parseWith(schema, parseJson(value, what), `${what} in the database`, 'storage');
}

/** The one row that a statement returned. */
export function onlyRow(rows: readonly Row[] | undefined): Row {
  const row = rows?.[0];
  if (row === undefined)
    throw new FedOpsError('storage', 'the database returned no row where one was written');
  return row;
}

function parseJson(value: Row[string] | undefined, what: string): unknown {
  try {
    return JSON.parse(String(value));
  } catch (cause) {
    throw new FedOpsError('storage', `${what} in the database: expected JSON`, { cause });
  }
}
