import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exampleFolder } from './example-process.js';
import { freePort } from './free-port.js';

export interface FollowedGuide {
  readonly text: string;
  /** Where the files lie that the guide shows. */
  readonly folder: string;
  readonly names: readonly string[];
  /** `node …` and `python …`, in order. */
  readonly commands: readonly string[];
  /** What it says to export. */
  readonly env: Readonly<Record<string, string>>;
  /** The packages that its `npm install` lines name, and those that its files import; sorted. */
  readonly installed: readonly string[];
  readonly imported: readonly string[];
  /** The port that stands in place of one of the guide's. */
  portOf(shown: string): string;
}

/** Writes the files that a guide of docs/guides shows, with free ports in place of its own. */
export async function followGuide(name: string, ports: readonly string[]): Promise<FollowedGuide> {
  let text = await readFile(new URL(`../../docs/guides/${name}`, import.meta.url), 'utf8');
  const free = new Map<string, string>();
  for (const port of ports) free.set(port, String(await freePort()));
  // In one go, since a free port may be one that the guide shows.
  text = text.replaceAll(new RegExp(`\\b(${ports.join('|')})\\b`, 'g'), (port) => free.get(port)!);
  const folder = await exampleFolder();
  const files = [...text.matchAll(/`([\w-]+\.(?:mjs|py))`:\n\n```\w+\n([\s\S]*?)```/g)];
  for (const [, file, content] of files) await writeFile(join(folder, file!), content!);
  const installs = [...text.matchAll(/^npm install (.*)$/gm)].flatMap(([, packages]) => packages!.split(' '));
  const imports = files.flatMap(([, , content]) => [...content!.matchAll(/['"](@fedops\/[\w-]+)['"]/g)]);
  return {
    text,
    folder,
    installed: sortedOnce(installs),
    imported: sortedOnce(imports.map(([, name]) => name!)),
    names: files.map(([, file]) => file!),
    commands: [...text.matchAll(/^(?:node|python) .*$/gm)].map(([command]) => command),
    env: Object.fromEntries(
      [...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, variable, value]) => [variable!, value!]),
    ),
    portOf: (shown) => free.get(shown)!,
  };
}

const sortedOnce = (names: readonly string[]) => [...new Set(names)].sort();
