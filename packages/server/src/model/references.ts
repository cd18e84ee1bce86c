import type { Sha256 } from '@fedops/shared-types';
import type { FileSystem } from '../files/file-system.js';
import { systemCode } from '../files/storage-error.js';

/** A record this young may be replaced within the same tick of the file system's clock, and would look the same. */
const SETTLED_AFTER_MS = 2_000;

/**
 * Which parameters the records of a store refer to; reads a record once, and again only where it was replaced, and
 * looks at no record that it was told of.
 */
export interface References {
  /**
   * Digests that the records in these files refer to.
   *
   * @throws What reading a record throws, and the system's own errors.
   */
  of(paths: readonly string[]): Promise<ReadonlySet<Sha256>>;
  /** Says what the record in a file refers to, which nobody else writes to. */
  tell(path: string, digests: readonly Sha256[]): void;
  /** What was told of a record. */
  told(path: string): readonly Sha256[] | undefined;
  /** Says that nothing holds any more that was told of a record. */
  forget(path: string): void;
}

/** @param read The digests that the record in a file refers to; none where it is gone. */
export function createReferences(
  files: Pick<FileSystem, 'modifiedAt'>,
  now: () => number,
  read: (path: string) => Promise<Iterable<Sha256>>,
): References {
  const toldOf = new Map<string, readonly Sha256[]>();
  let known = new Map<string, { readonly modifiedAt: number; readonly digests: readonly Sha256[] }>();

  async function modifiedAt(path: string): Promise<number | undefined> {
    try {
      return await files.modifiedAt(path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async function digestsIn(path: string, still: typeof known): Promise<readonly Sha256[]> {
    const at = await modifiedAt(path);
    if (at === undefined) return [];
    const last = known.get(path);
    const digests = last?.modifiedAt === at ? last.digests : [...(await read(path))];
    if (now() - at > SETTLED_AFTER_MS) still.set(path, { modifiedAt: at, digests });
    return digests;
  }

  return {
    async of(paths) {
      const still: typeof known = new Map();
      const all = new Set<Sha256>();
      for (const path of paths) {
        for (const digest of toldOf.get(path) ?? (await digestsIn(path, still))) all.add(digest);
      }
      known = still;
      return all;
    },
    tell: (path, digests) => void toldOf.set(path, digests),
    told: (path) => toldOf.get(path),
    forget: (path) => void toldOf.delete(path),
  };
}
