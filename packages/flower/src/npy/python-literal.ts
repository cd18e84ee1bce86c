/** A value in the header of an NPY file: text, truth, or a tuple of whole numbers. */
export type LiteralValue = string | boolean | readonly number[];

const TEXT = /'([^'\\]*)'|"([^"\\]*)"/y;
const TRUTH = /True|False/y;
const NUMBER = /(\d{1,16})L?/y;

/**
 * The entries of a Python dict literal whose keys are text; undefined where the text is anything else. Only what NPY
 * headers hold is read: nothing is evaluated.
 */
export function parseDictLiteral(text: string): ReadonlyMap<string, LiteralValue> | undefined {
  const source = createCursor(text);
  const entries = new Map<string, LiteralValue>();
  if (!source.takes('{')) return undefined;
  while (!source.takes('}')) {
    if (entries.size > 0 && !source.takes(',')) return undefined;
    if (entries.size > 0 && source.takes('}')) break;
    const key = readText(source);
    if (key === undefined || entries.has(key) || !source.takes(':')) return undefined;
    const value = readValue(source);
    if (value === undefined) return undefined;
    entries.set(key, value);
  }
  return source.isAtEnd() ? entries : undefined;
}

interface Cursor {
  /** Steps over white space and the mark, where that stands next. */
  takes(mark: string): boolean;
  /** What matches next, behind white space. */
  match(pattern: RegExp): RegExpExecArray | undefined;
  isAtEnd(): boolean;
}

function createCursor(text: string): Cursor {
  let at = 0;
  const skipSpace = () => {
    while (at < text.length && ' \n\t\r'.includes(text[at]!)) at++;
  };
  return {
    takes(mark) {
      skipSpace();
      if (text[at] !== mark) return false;
      at++;
      return true;
    },
    match(pattern) {
      skipSpace();
      pattern.lastIndex = at;
      const found = pattern.exec(text) ?? undefined;
      if (found !== undefined) at = pattern.lastIndex;
      return found;
    },
    isAtEnd() {
      skipSpace();
      return at === text.length;
    },
  };
}

function readText(source: Cursor): string | undefined {
  const found = source.match(TEXT);
  return found?.[1] ?? found?.[2];
}

function readValue(source: Cursor): LiteralValue | undefined {
  const text = readText(source);
  if (text !== undefined) return text;
  const truth = source.match(TRUTH);
  if (truth !== undefined) return truth[0] === 'True';
  return source.takes('(') ? readTuple(source) : undefined;
}

/** The rest of a tuple behind its opening mark; one number without a comma is no tuple in Python. */
function readTuple(source: Cursor): readonly number[] | undefined {
  const numbers: number[] = [];
  let commas = 0;
  while (!source.takes(')')) {
    if (numbers.length > commas && !source.takes(',')) return undefined;
    if (numbers.length > commas) {
      commas++;
      continue;
    }
    const number = Number(source.match(NUMBER)?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(number)) return undefined;
    numbers.push(number);
  }
  return numbers.length === 1 && commas === 0 ? undefined : numbers;
}
