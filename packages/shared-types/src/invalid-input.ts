import type { z } from 'zod';
import { FedOpsError, type FedOpsErrorCode } from './error.js';

/** A hundred thousand bad entries shall not make a message of megabytes. */
const MOST_FIELDS = 20;

/**
 * The value as the schema reads it.
 *
 * @param what The thing that is read, for the message: `body of POST /start`.
 * @param code `invalid-argument` for what somebody sent us; `bad-response` for what a service answered.
 * @throws {FedOpsError} `code`, naming the fields that are wrong (the first 20); `details.fields` lists them as `{ field, problem }`.
 */
export function parseWith<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
  code: FedOpsErrorCode = 'invalid-argument',
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const fields = issues.slice(0, MOST_FIELDS).map((issue) => ({
    field: issue.path.length > 0 ? issue.path.map(String).join('.') : '(whole)',
    problem: issue.message,
  }));
  const listed = fields.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
  const more = issues.length > fields.length ? `; and ${issues.length - fields.length} more` : '';
  throw new FedOpsError(code, `${what}: ${listed}${more}`, { details: { fields } });
}
