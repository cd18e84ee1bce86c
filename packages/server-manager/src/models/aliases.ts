import type { BestBy, ModelVersion } from '@fedops/shared-types';
import type { StoredVersion } from '../store/store.js';

/**
 * The version that is best by the named metric: undefined where none has it, since a version that was not measured
 * is not a bad one. Of equals the older, so that an alias moves only for the better.
 */
export function bestVersion(
  versions: readonly StoredVersion[],
  bestBy: BestBy | null,
): StoredVersion | undefined {
  if (bestBy === null) return undefined;
  const { metric, direction } = bestBy;
  const sign = direction === 'maximize' ? 1 : -1;
  let best: { readonly version: StoredVersion; readonly value: number } | undefined;
  for (const version of versions.toSorted((a, b) => a.version - b.version)) {
    const measured = Object.hasOwn(version.metrics, metric) ? version.metrics[metric] : undefined;
    if (measured === undefined) continue;
    const value = sign * measured;
    if (best === undefined || value > best.value) best = { version, value };
  }
  return best?.version;
}

/** The version with the highest number. */
export function latestVersion(versions: readonly StoredVersion[]): StoredVersion | undefined {
  return versions.reduce<StoredVersion | undefined>(
    (latest, version) => (latest === undefined || version.version > latest.version ? version : latest),
    undefined,
  );
}

/** What a version is also called. */
export function aliasesOf(
  { version }: StoredVersion,
  versions: readonly StoredVersion[],
  bestBy: BestBy | null,
): ModelVersion['aliases'] {
  const aliases: ModelVersion['aliases'] = [];
  if (latestVersion(versions)?.version === version) aliases.push('latest');
  if (bestVersion(versions, bestBy)?.version === version) aliases.push('best');
  return aliases;
}
