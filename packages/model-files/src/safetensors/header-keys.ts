import { FedOpsError } from '@fedops/shared-types';

/** Keys of a header as they stand in its text: `JSON.parse` neither keeps their order nor tells repeated ones. */
export interface HeaderKeys {
  /** Of the outermost object, in order. */
  readonly top: readonly string[];
  /** The first key that an object has twice, at any depth. */
  readonly repeated: string | undefined;
}

interface OpenPart {
  /** Undefined for a list. */
  readonly keys: Set<string> | undefined;
  isKeyNext: boolean;
}

/** The header, a tensor's entry, its shape. */
const DEEPEST = 3;

/** A tensor has 4 keys, 1 object and 2 lists; 100,000 tensors are as many as parameters may have. */
const MOST_PARTS = 1_000_000;

/**
 * What a text has of keys, objects and lists, counted before `JSON.parse` makes something of each: a header of 16 MiB
 * could hold millions of them, nested or not.
 *
 * @param text Anything; whether it is JSON, `JSON.parse` says.
 * @throws {FedOpsError} `invalid-argument` for a text that is nested deeper than a header, `too-large` for one of more
 *   parts than a header of 100,000 tensors.
 * @throws {SyntaxError} For a key that is no JSON.
 */
export function headerKeys(text: string): HeaderKeys {
  const open: OpenPart[] = [];
  const top: string[] = [];
  let repeated: string | undefined;
  let parts = 0;
  for (let at = 0; at < text.length; at++) {
    const inner = open.at(-1);
    switch (text[at]) {
      case '{':
      case '[':
        assertFew(++parts);
        if (open.length === DEEPEST)
          throw new FedOpsError('invalid-argument', 'safetensors: header too deep');
        open.push(
          text[at] === '{' ? { keys: new Set(), isKeyNext: true } : { keys: undefined, isKeyNext: false },
        );
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        if (inner !== undefined) inner.isKeyNext = inner.keys !== undefined;
        break;
      case '"': {
        const end = endOfText(text, at);
        if (inner?.keys !== undefined && inner.isKeyNext) {
          assertFew(++parts);
          const key: string = JSON.parse(text.slice(at, end));
          if (inner.keys.has(key)) repeated ??= key;
          inner.keys.add(key);
          inner.isKeyNext = false;
          if (open.length === 1) top.push(key);
        }
        at = end - 1;
      }
    }
  }
  return { top, repeated };
}

/** Where the text that begins with a quote ends, behind its closing quote. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function assertFew(parts: number): void {
  if (parts <= MOST_PARTS) return;
  throw new FedOpsError('too-large', `safetensors: a header of more than ${MOST_PARTS} parts`);
}
