import { PREFIX_BYTES, readPrefix } from '@fedops/parameters';
import type { TileSource } from '@fedops/strategies';
import type { ParametersReader } from '../model/model-store.js';

/** The data section of encoded parameters, as a fold reads it. */
export async function dataSectionOf(reader: ParametersReader): Promise<TileSource> {
  const prefix = new Uint8Array(PREFIX_BYTES);
  await reader.read(0, prefix);
  const { dataOffset } = readPrefix(prefix);
  return { read: (offset, into) => reader.read(dataOffset + offset, into) };
}
