import { BaseUrlSchema, ClientIdSchema } from '@fedops/shared-types';
import { z } from 'zod';

const count = z.int().min(1);

/** What the manager's process is started with. */
export const ManagerProcessSettingsSchema = z.object({});
export type ManagerProcessSettings = z.infer<typeof ManagerProcessSettingsSchema>;

/** What the FL server's process is started with. */
export const FlServerProcessSettingsSchema = z.object({
  managerUrl: BaseUrlSchema,
  dataDir: z.string().min(1),
  clients: count,
  rounds: count,
  seed: z.int().min(0),
  /** Most images that a client trains on in a round. */
  examples: count,
});
export type FlServerProcessSettings = z.infer<typeof FlServerProcessSettingsSchema>;

/** What the process of one client is started with. */
export const ClientProcessSettingsSchema = z.object({
  clientId: ClientIdSchema,
  clientMac: z.string(),
  /** Where this client finds its client manager and the server manager. */
  managerUrl: BaseUrlSchema,
  /** Its own: identity and nothing else. */
  dataDir: z.string().min(1),
  /** Which share of the training images is its own: see `TrainerSettings`. */
  trainer: z.looseObject({ role: z.literal('client') }),
});
export type ClientProcessSettings = z.infer<typeof ClientProcessSettingsSchema>;
