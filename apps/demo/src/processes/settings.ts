import { BaseUrlSchema, ClientIdSchema } from '@fedops/shared-types';
import { z } from 'zod';

const port = z.int().min(1).max(65_535);
const dataDir = z.string().min(1);

/** What the process of the server manager is started with. */
export const ServerManagerProcessSettingsSchema = z.object({
  /** Tasks, devices, runs, models, and what FL servers keep. */
  dataDir,
});

/** What the process of one client app is started with. */
export const ClientProcessSettingsSchema = z.object({
  clientId: ClientIdSchema,
  clientMac: z.string(),
  /** The same each time, so that its client manager finds it again. */
  port,
  clientManagerUrl: BaseUrlSchema,
  serverManagerUrl: BaseUrlSchema,
  /** Its own: its key and nothing else. */
  dataDir,
  /** Which share of the training images is its own: see `TrainerSettings`. */
  trainer: z.looseObject({ role: z.literal('client') }),
});
export type ClientProcessSettings = z.infer<typeof ClientProcessSettingsSchema>;

/** What the process of the client manager beside it is started with. */
export const ClientManagerProcessSettingsSchema = z.object({
  clientId: ClientIdSchema,
  port,
  clientUrl: BaseUrlSchema,
  serverManagerUrl: BaseUrlSchema,
  dataDir,
});
export type ClientManagerProcessSettings = z.infer<typeof ClientManagerProcessSettingsSchema>;
