/** Takes a data section from its first byte to its last, padding included. */
export interface TileSink {
  /** Has taken the bytes when it resolves; they are written over afterwards. */
  append(bytes: Uint8Array): Promise<void>;
}

/** Writes tiles at growing offsets and fills the gaps between tensors with zeros. */
export function createSectionWriter(sink: TileSink): {
  write(offset: number, bytes: Uint8Array): Promise<void>;
} {
  let end = 0;
  return {
    async write(offset, bytes) {
      if (offset > end) await sink.append(new Uint8Array(offset - end));
      await sink.append(bytes);
      end = offset + bytes.length;
    },
  };
}
