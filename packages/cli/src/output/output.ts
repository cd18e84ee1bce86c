import type { CommandContext } from '../context.js';
import { openProgressBar, type ProgressBar, type ProgressSettings } from './progress.js';
import { type Style, styleFor } from './style.js';

/** How a command answers: for people, or as JSON for programs. */
export type OutputFormat = 'text' | 'json';

/** Puts a value into words; text of other machines goes through `printable` or `table`. */
export type Wording<T> = (value: T, style: Style) => string;

/** What a command says. */
export interface Output {
  readonly format: OutputFormat;
  /** The one thing that the command was asked for: words, or one JSON document over several lines. */
  result<T>(value: T, words: Wording<T>): void;
  /** One of many things over time: words, or one line of JSON. */
  item<T>(value: T, words: Wording<T>): void;
  /** Words on the side, on standard error; nothing where the format is JSON. */
  note(words: string): void;
  /** On standard error; nothing where that is no terminal, or the format is JSON. */
  progress(settings: ProgressSettings): ProgressBar;
}

const NO_BAR: ProgressBar = { update: () => {}, close: () => {} };

export function createOutput(
  context: Pick<CommandContext, 'stdout' | 'stderr' | 'env'>,
  format: OutputFormat,
): Output {
  const { stdout, stderr, env } = context;
  const style = styleFor(stdout, env);
  const line = (text: string) => void stdout.write(text.endsWith('\n') || text === '' ? text : `${text}\n`);
  const isJson = format === 'json';
  return {
    format,
    result: (value, words) => line(isJson ? JSON.stringify(value, null, 2) : words(value, style)),
    item: (value, words) => line(isJson ? JSON.stringify(value) : words(value, style)),
    note: (words) => {
      if (!isJson) stderr.write(`${words}\n`);
    },
    progress: (settings) => (isJson ? NO_BAR : openProgressBar(context, settings)),
  };
}
