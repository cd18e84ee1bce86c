/** Makes lines of text that comes in pieces. */
export interface LineSplitter {
  push(text: string): void;
  /** Gives out what stands there without an end of line. */
  end(): void;
}

/**
 * A splitter that gives out lines without their ends, cut off after `maxLength` characters; empty ones are left out.
 * A carriage return ends a line too, for progress bars use it so.
 */
export function createLineSplitter(maxLength: number, take: (line: string) => void): LineSplitter {
  let rest = '';
  const end = () => {
    const line = rest;
    rest = '';
    if (line !== '') take(line);
  };
  return {
    end,
    push(text) {
      text.split(/[\r\n]+/).forEach((piece, i) => {
        if (i > 0) end();
        rest = (rest + piece.slice(0, maxLength)).slice(0, maxLength);
      });
    },
  };
}
