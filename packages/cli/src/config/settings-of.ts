import type { Call } from '../call.js';
import type { SectionName } from './file-sections.js';
import { resolveSettings } from './resolve-settings.js';
import type { Settings, SettingValues } from './setting.js';

/**
 * What a called command was told: by flags, environment and its section of the configuration file.
 *
 * @throws {FedOpsError} as `resolveSettings` and `loadConfigFile`.
 */
export async function settingsOf<S extends Settings>(
  { flags, context, config }: Call,
  section: SectionName,
  settings: S,
): Promise<SettingValues<S>> {
  const { env, cwd } = context;
  return resolveSettings(settings, { flags, env, cwd, section: (await config()).section(section) });
}
