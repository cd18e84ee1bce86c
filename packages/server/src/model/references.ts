import type { Sha256 } from '@fedops/shared-types';
import type { FileSystem } from '../files/file-system.js';
import { systemCode } from '../files/storage-error.js';

/** A record this young may be replaced within the same tick of the file system's clock, and would look the same. */
const SETTLED_AFTER_MS = 2_000;

/** Which parameters the records of a store refer to; reads a record once, and again only where it was replaced. */
export interface References {
  /**
   * Digests that the records in these files refer to.
   *
   * @throws What reading a record throws, and the system's own errors.
   */
  of(paths: readonly string[]): Promise<ReadonlySet<Sha256>>;
}

/** @param read The digests that the record in a file refers to; none where it is gone. */
export function createReferences(
  files: Pick<FileSystem, 'modifiedAt'>,
  now: () => number,
  read: (path: string) => Promise<Iterable<Sha256>>,
): References {
  let known = new Map<string, { readonly modifiedAt: number; readonly digests: readonly Sha256[] }>();

  async function modifiedAt(path: string): Promise<number | undefined> {
    try {
      return await files.modifiedAt(path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  return {
    async of(paths) {
      const still: typeof known = new Map();
      const all = new Set<Sha256>();
      for (const path of paths) {
        const at = await modifiedAt(path);
        if (at === undefined) continue;
        const last = known.get(path);
        const digests = last?.modifiedAt === at ? last.digests : [...(await read(path))];
        if (now() - at > SETTLED_AFTER_MS) still.set(path, { modifiedAt: at, digests });
        for (const digest of digests) all.add(digest);
      }
      known = still;
      return all;
    },
  };
}
