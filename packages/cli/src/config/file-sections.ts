import { z } from 'zod';
import { CLIENT_SETTINGS } from '../commands/client/client-settings.js';
import { CLIENT_MANAGER_SETTINGS } from '../commands/client-manager/client-manager-settings.js';
import { DEV_SETTINGS } from '../commands/dev/dev-settings.js';
import { MANAGER_SETTINGS } from '../commands/manager/manager-settings.js';
import { SERVER_SETTINGS } from '../commands/server/server-settings.js';
import { CONNECTION_SETTINGS } from './connection-settings.js';
import type { Settings } from './setting.js';

/** What a configuration file may hold: a section for each command, with the settings' own names. */
const FILE_SECTIONS = {
  connection: CONNECTION_SETTINGS,
  manager: MANAGER_SETTINGS,
  'client-manager': CLIENT_MANAGER_SETTINGS,
  server: SERVER_SETTINGS,
  client: CLIENT_SETTINGS,
  dev: DEV_SETTINGS,
} as const satisfies Readonly<Record<string, Settings>>;

export type SectionName = keyof typeof FILE_SECTIONS;

/** Of a whole configuration file. */
export const ConfigFileSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(FILE_SECTIONS).map(([name, settings]) => [name, sectionSchema(settings)]),
  ),
);

function sectionSchema(settings: Settings): z.ZodType<Readonly<Record<string, unknown>> | undefined> {
  const fields = Object.entries(settings).map(([name, { schema }]) => [name, schema.optional()] as const);
  return z.strictObject(Object.fromEntries(fields)).optional();
}
