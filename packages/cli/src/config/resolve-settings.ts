import { resolve as resolvePath } from 'node:path';
import type { Environment } from '@fedops/client-api';
import { FedOpsError } from '@fedops/shared-types';
import type { Setting, Settings, SettingValues } from './setting.js';

/** Where settings come from, first wins: flags, environment, the command's section of the configuration file. */
export interface SettingSources {
  /** As commander hands them out: by camel-case names. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  /** Where paths of flags and environment start; absolute. */
  readonly cwd: string;
  readonly section: Section;
}

/** The part of the configuration file that is the command's own, already checked. */
export interface Section {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where its paths start; absolute. */
  readonly directory: string;
}

/** @throws {FedOpsError} `invalid-argument`, naming the flag or the variable that is wrong. */
export function resolveSettings<S extends Settings>(settings: S, sources: SettingSources): SettingValues<S> {
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) values[name] = resolve(name, setting, sources);
  return values as SettingValues<S>;
}

function resolve(name: string, setting: Setting<unknown>, sources: SettingSources): unknown {
  const { flags, env, cwd, section } = sources;
  const flag = flags[name];
  if (flag !== undefined) {
    const said = typeof flag === 'string' ? setting.read(flag) : flag;
    return placed(setting, check(setting, said, setting.flags.split(' ')[0]!), cwd);
  }
  const variable = setting.env === undefined ? undefined : env[setting.env]?.trim();
  if (variable !== undefined && variable !== '') {
    return placed(setting, check(setting, setting.read(variable), setting.env!), cwd);
  }
  return placed(setting, section.values[name], section.directory);
}

function placed({ isPath }: Setting<unknown>, value: unknown, directory: string): unknown {
  return isPath === true && typeof value === 'string' ? resolvePath(directory, value) : value;
}

function check({ schema }: Setting<unknown>, value: unknown, what: string): unknown {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ message }) => message).join('; ');
  throw new FedOpsError('invalid-argument', `${what}: ${problems}`, { details: { setting: what } });
}
