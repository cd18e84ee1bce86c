import { FedOpsError } from '@fedops/shared-types';
import { isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';

/** A configuration file's value, with the way back to its lines. */
export interface ConfigText {
  readonly value: unknown;
  /** The line, from 1, where the field stands, or else the nearest that encloses it. */
  lineOf(path: readonly PropertyKey[]): number;
}

/**
 * Reads YAML, and with it JSON.
 *
 * @param name Of the file, for messages.
 * @throws {FedOpsError} `invalid-argument`, with file and line.
 */
export function readConfigText(text: string, name: string): ConfigText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined) {
    const line = lineAt(wrong.pos[0]);
    throw new FedOpsError('invalid-argument', `${name}:${line}: ${wrong.message}`, {
      details: { file: name, line },
    });
  }
  return {
    value: document.toJS(),
    lineOf(path) {
      let node: unknown = document.contents;
      let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
      for (const key of path) {
        const pair = isMap(node)
          ? node.items.find((item) => isPair(item) && nameOf(item.key) === String(key))
          : undefined;
        const next: unknown = pair ?? entryOf(node, key);
        if (next === undefined) break;
        const [place, inner] = isPair(next) ? [next.key, next.value] : [next, next];
        if (isNode(place)) offset = place.range?.[0] ?? offset;
        node = inner;
      }
      return lineAt(offset);
    },
  };
}

function nameOf(key: unknown): string {
  return String(typeof key === 'object' && key !== null && 'value' in key ? key.value : key);
}

function entryOf(node: unknown, key: PropertyKey): unknown {
  if (typeof node !== 'object' || node === null || !('items' in node) || !Array.isArray(node.items))
    return undefined;
  return typeof key === 'number' ? node.items[key] : undefined;
}
