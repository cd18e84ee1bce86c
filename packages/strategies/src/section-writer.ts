/** Takes a data section from its first byte to its last, padding included. */
export interface TileSink {
  /** Has taken the bytes when it resolves; they are written over afterwards. */
  append(bytes: Uint8Array): Promise<void>;
}

/** Writes tiles at growing offsets and fills the gaps between tensors with zeros. */
export function createSectionWriter(sink: TileSink): {
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Fills the section to its length: a tensor without elements may lie at its end. */
  end(byteLength: number): Promise<void>;
} {
  let written = 0;
  async function fillTo(offset: number): Promise<void> {
    if (offset > written) await sink.append(new Uint8Array(offset - written));
    written = offset;
  }
  return {
    async write(offset, bytes) {
      await fillTo(offset);
      await sink.append(bytes);
      written += bytes.length;
    },
    end: fillTo,
  };
}
