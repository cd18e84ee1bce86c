import { z } from 'zod';
import { CONNECTION_SETTINGS } from './connection-settings.js';
import type { Settings } from './setting.js';

/** What a configuration file may hold: a section for each, with the settings' own names. */
export const FILE_SECTIONS = {
  connection: CONNECTION_SETTINGS,
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
