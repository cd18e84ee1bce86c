import { z } from 'zod';
import { ClientIdSchema } from './ids.js';

/** Most clients that a run may list: its list goes into every view of the run. */
export const MAX_LISTED_CLIENTS = 1_000;

const ListedIdsSchema = z
  .array(ClientIdSchema)
  .min(1)
  .max(MAX_LISTED_CLIENTS)
  .superRefine((ids, context) => {
    const seen = new Set<string>();
    for (const [i, id] of ids.entries()) {
      if (seen.has(id)) {
        context.addIssue({ code: 'custom', path: [i], message: `${id} is listed twice` });
      }
      seen.add(id);
    }
  });

/** Whose run it is: who else asks to take part is refused. */
export const RunClientsSchema = z.discriminatedUnion('kind', [
  /** Of every client that comes. */
  z.strictObject({ kind: z.literal('any') }),
  /** Of these alone, by the ids under which they take part. */
  z.strictObject({ kind: z.literal('listed'), ids: ListedIdsSchema }),
]);
export type RunClients = z.output<typeof RunClientsSchema>;
