/** The end of a text that may be endless. */
export interface TextTail {
  push(text: string): void;
  text(): string;
}

/** Keeps the last `maxLength` characters. */
export function createTextTail(maxLength: number): TextTail {
  let tail = '';
  return {
    push(text) {
      tail = (tail + text.slice(-maxLength)).slice(-maxLength);
    },
    text: () => tail,
  };
}

/** The last line that says something, of at most so many characters and without control characters; else undefined. */
export function lastLineOf(text: string, maxLength: number): string | undefined {
  const line = text.split(/[\r\n]/).findLast((candidate) => candidate.trim() !== '');
  return line
    ?.replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, maxLength);
}
