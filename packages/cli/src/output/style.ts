import type { Environment } from '@fedops/client-api';
import type { TextOutput } from '../context.js';

/** Marks parts of a text; leaves them as they are where colours are not wanted. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
}

const SEQUENCES = {
  bold: ['1', '22'],
  dim: ['2', '22'],
  green: ['32', '39'],
  yellow: ['33', '39'],
  red: ['31', '39'],
} as const;

/**
 * Colours for a terminal; none where the output goes elsewhere, or `NO_COLOR` is set.
 *
 * @see https://no-color.org
 */
export function styleFor(output: TextOutput, env: Environment): Style {
  const colours = output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const mark = (name: keyof typeof SEQUENCES) => {
    const [on, off] = SEQUENCES[name];
    return colours ? (text: string) => `\u001b[${on}m${text}\u001b[${off}m` : (text: string) => text;
  };
  return {
    bold: mark('bold'),
    dim: mark('dim'),
    green: mark('green'),
    yellow: mark('yellow'),
    red: mark('red'),
  };
}
