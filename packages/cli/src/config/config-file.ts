import { readFile, stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import type { CommandContext } from '../context.js';
import type { SectionName } from './file-sections.js';
import { type ConfigSections, parseConfig } from './parse-config.js';
import type { Section } from './resolve-settings.js';

/** The configuration file, or none. */
export interface ConfigFile {
  /** Absolute; undefined where there is none. */
  readonly path: string | undefined;
  section(name: SectionName): Section;
}

const NAMES = ['fedops.yaml', 'fedops.yml', 'fedops.json'] as const;

/**
 * The file that is named, or the one that lies in the working directory.
 *
 * @throws {FedOpsError} `not-found` where the named one is not there; `storage` where a file cannot be read;
 *   `invalid-argument`, with line and field.
 */
export async function loadConfigFile(
  { cwd }: Pick<CommandContext, 'cwd'>,
  named: string | undefined,
): Promise<ConfigFile> {
  if (named !== undefined) {
    const path = resolve(cwd, named);
    const text = await textOf(path);
    if (text === undefined) throw new FedOpsError('not-found', `no configuration file at ${path}`);
    return configFile(path, parseConfig(text, nameFrom(cwd, path)));
  }
  for (const name of NAMES) {
    const path = resolve(cwd, name);
    const text = await textOf(path);
    if (text !== undefined) return configFile(path, parseConfig(text, name));
  }
  return { path: undefined, section: () => ({ values: {}, directory: cwd }) };
}

function configFile(path: string, sections: ConfigSections): ConfigFile {
  return { path, section: (name) => ({ values: sections[name] ?? {}, directory: dirname(path) }) };
}

function nameFrom(cwd: string, path: string): string {
  const name = relative(cwd, path);
  return name.startsWith('..') ? path : name;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    // To open one without a writer waits for one, and nothing ends that.
    if ((await stat(path)).isFIFO()) throw new Error('it is a pipe, and must be a file');
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new FedOpsError('storage', `cannot read ${path}: ${FedOpsError.from(cause).message}`, { cause });
  }
}
