/** Keys of a JSON object as they stand in the text, which `JSON.parse` neither keeps in order nor tells apart. */
export interface JsonKeys {
  /** Of the outermost object, in order. */
  readonly top: readonly string[];
  /** The first key that an object has twice, at any depth. */
  readonly repeated: string | undefined;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/** @param text An object that `JSON.parse` has accepted. */
export function jsonKeys(text: string): JsonKeys {
  const open: { readonly keys: Set<string> | undefined; isKeyNext: boolean }[] = [];
  const top: string[] = [];
  let repeated: string | undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    const inner = open.at(-1);
    if (token === '{') open.push({ keys: new Set(), isKeyNext: true });
    else if (token === '[') open.push({ keys: undefined, isKeyNext: false });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',') {
      if (inner !== undefined) inner.isKeyNext = inner.keys !== undefined;
    } else if (inner?.keys !== undefined && inner.isKeyNext) {
      const key: string = JSON.parse(token);
      if (inner.keys.has(key)) repeated ??= key;
      inner.keys.add(key);
      inner.isKeyNext = false;
      if (open.length === 1) top.push(key);
    }
  }
  return { top, repeated };
}
