import type { Part } from '../../sample/split-digits.js';

/** `digits`, or `digits:2/4`. */
export const SAMPLE = /^digits(?::(\d{1,3})\/(\d{1,3}))?$/;

/** Which part of the digits a setting names; all of them where it names none. */
export function samplePart(words: string): Part {
  const [, part = '1', of = '1'] = SAMPLE.exec(words) ?? [];
  return { part: Number(part), of: Number(of) };
}
