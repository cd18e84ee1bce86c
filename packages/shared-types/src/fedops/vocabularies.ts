import { z } from 'zod';

/** Our name of a field → the other names that some version of Python FedOps gives it. */
export type OtherNames = Readonly<Record<string, readonly string[]>>;

/**
 * A schema that first moves fields from their other names to ours. Where a message carries
 * several names of one field, ours wins, then the others in their order.
 */
export function readingBothVocabularies<S extends z.ZodType>(names: OtherNames, schema: S) {
  return z.preprocess((value) => renamed(names, value), schema);
}

function renamed(names: OtherNames, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const message = { ...(value as Record<string, unknown>) };
  for (const [ours, others] of Object.entries(names)) {
    const present = [ours, ...others].find((name) => message[name] !== undefined);
    if (present !== undefined) message[ours] = message[present];
  }
  return message;
}
