import { createParameters, encodeParameters, type Parameters, readPrefix } from '@fedops/parameters';
import type { TileSink, TileSource } from '../src/index.js';

/** Data sections in memory, as a fold reads them; remembers every read. */
export interface SectionSource extends TileSource {
  readonly reads: { readonly offset: number; readonly into: Uint8Array }[];
}

export function sectionOf(parameters: Parameters): SectionSource {
  const bytes = encodeParameters(parameters);
  const data = bytes.subarray(readPrefix(bytes).dataOffset);
  const reads: { offset: number; into: Uint8Array }[] = [];
  return {
    reads,
    async read(offset, into) {
      reads.push({ offset, into });
      if (offset + into.length > data.length) throw new Error('read beyond the end of the section');
      into.set(data.subarray(offset, offset + into.length));
    },
  };
}

/** Takes a data section; copies, since the writer uses its memory again. */
export interface SectionSink extends TileSink {
  bytes(): Uint8Array;
}

export function sectionSink(): SectionSink {
  const chunks: Uint8Array[] = [];
  return {
    async append(bytes) {
      chunks.push(Uint8Array.from(bytes));
    },
    bytes: () => Uint8Array.from(chunks.flatMap((chunk) => [...chunk])),
  };
}

/** The data section of parameters. */
export function dataOf(parameters: Parameters): Uint8Array {
  const bytes = encodeParameters(parameters);
  return bytes.slice(readPrefix(bytes).dataOffset);
}

export function floats(name: string, values: readonly number[]): Parameters {
  return createParameters([{ name, shape: [values.length], dtype: 'float32' }], [Float32Array.from(values)]);
}
