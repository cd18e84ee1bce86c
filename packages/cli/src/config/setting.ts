import { z } from 'zod';

/** One thing that a command can be told: by a flag, by the environment, in the configuration file. */
export interface Setting<T> {
  /** As commander writes it: `--port <port>`. */
  readonly flags: string;
  readonly help: string;
  /** Variable of the environment. */
  readonly env?: string;
  readonly schema: z.ZodType<T>;
  /** What the schema shall see for the words of a flag or of the environment. */
  readonly read: (words: string) => unknown;
  /** May be given several times; in the environment with commas between. */
  readonly isList?: boolean;
  /** Names a file or a directory: relative to the working directory, in the configuration file to that. */
  readonly isPath?: boolean;
}

/** The settings of one command, by the names that they have in the configuration file. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** What the settings give; undefined where nobody said anything. */
export type SettingValues<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T | undefined : never;
};

type About = Pick<Setting<unknown>, 'flags' | 'help' | 'env'>;

/** A text that the schema takes. */
export function textSetting<S extends z.ZodType>(schema: S, about: About): Setting<z.output<S>> {
  return { ...about, schema: schema as z.ZodType<z.output<S>>, read: (words) => words };
}

/** The path of a file or a directory; its value is absolute. */
export function pathSetting(about: About): Setting<string> {
  return { ...about, schema: z.string().min(1), read: (words) => words, isPath: true };
}

/** A whole number. */
export function numberSetting(schema: z.ZodType<number>, about: About): Setting<number> {
  return { ...about, schema, read: (words) => (/^-?\d+$/.test(words) ? Number(words) : words) };
}

/** Yes or no: a flag without a value. */
export function switchSetting(about: About): Setting<boolean> {
  const words: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };
  return { ...about, schema: z.boolean(), read: (text) => words[text.toLowerCase()] ?? text };
}

/** Several texts. */
export function listSetting(schema: z.ZodType<string>, about: About): Setting<string[]> {
  return {
    ...about,
    schema: z.array(schema),
    read: (words) => words.split(',').map((word) => word.trim()),
    isList: true,
  };
}

/** A value of any shape, as JSON where it comes in words. */
export function jsonSetting<S extends z.ZodType>(schema: S, about: About): Setting<z.output<S>> {
  return { ...about, schema: schema as z.ZodType<z.output<S>>, read: readJson };
}

function readJson(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}
