import { FedOpsError } from '@fedops/shared-types';
import type { z } from 'zod';
import { readConfigText } from './config-text.js';
import { ConfigFileSchema, type SectionName } from './file-sections.js';

/** A configuration file's sections, checked. */
export type ConfigSections = Readonly<Partial<Record<SectionName, Readonly<Record<string, unknown>>>>>;

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
}

/** What a configuration file says. @throws {FedOpsError} as `parseFile`. */
export function parseConfig(text: string, name: string): ConfigSections {
  return parseFile(ConfigFileSchema, text, name) as ConfigSections;
}

/**
 * What a YAML or JSON file says, read by a schema; an empty one says `{}`.
 *
 * @param name Of the file, for messages.
 * @throws {FedOpsError} `invalid-argument`, a line `file:line: field: problem` for each thing that is wrong;
 *   `details.problems` lists them as `{ line, field, problem }`.
 */
export function parseFile<S extends z.ZodType>(schema: S, text: string, name: string): z.output<S> {
  const { value, lineOf } = readConfigText(text, name);
  const read = schema.safeParse(value ?? {});
  if (read.success) return read.data;
  const problems = read.error.issues
    .flatMap(problemsOf)
    .map(({ path, problem }) => ({ line: lineOf(path), field: path.map(String).join('.'), problem }));
  const words = problems.map(({ line, field, problem }) => `${name}:${line}: ${field || 'file'}: ${problem}`);
  throw new FedOpsError('invalid-argument', words.join('\n'), { details: { file: name, problems } });
}

/** A field that nobody knows is reported where it stands, not where its section does. */
function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, problem: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], problem: 'no such field' }));
}
