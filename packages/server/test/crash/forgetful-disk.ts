import type { FileSystem } from '../../src/index.js';

/** A disk that says it has flushed these paths, and has not. */
export function withoutFlushing(isForgotten: (path: string) => boolean): (disk: FileSystem) => FileSystem {
  return (disk) => ({
    ...disk,
    async open(path, mode) {
      const file = await disk.open(path, mode);
      return isForgotten(path) ? { ...file, sync: async () => {} } : file;
    },
    async syncDirectory(path) {
      if (!isForgotten(path)) await disk.syncDirectory(path);
    },
  });
}
