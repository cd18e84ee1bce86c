import { FedOpsError, type RunId, type Sha256 } from '@fedops/shared-types';
import type { RoundManifest, VersionManifest } from './manifest.js';

/** @throws {FedOpsError} `conflict` where the version is taken, `invalid-argument` where one would be left out. */
export function assertNextVersion(version: number, latest: number): void {
  if (version <= latest) throw versionTaken(version);
  if (version !== latest + 1) {
    throw new FedOpsError('invalid-argument', `the next version is V${latest + 1}, not V${version}`);
  }
}

/** The `conflict` of a version that is published already. */
export function versionTaken(version: number): FedOpsError {
  return new FedOpsError('conflict', `V${version} is published already; another run of this task was first`, {
    details: { version },
  });
}

/** The `not-found` of a digest that a store does not hold. */
export function notHeld(digest: Sha256): FedOpsError {
  return new FedOpsError('not-found', `no parameters with digest ${digest}`);
}

/** Digests of all parameters that a record refers to: the model, and what strategies keep beside it. */
export function referredParameters(manifest: RoundManifest | VersionManifest | undefined): readonly Sha256[] {
  if (manifest === undefined) return [];
  return [manifest.parameters, ...manifest.strategyState.moments].map(({ digest }) => digest);
}

/** Names a round among all runs. */
export function roundKey(runId: RunId, round: number): string {
  return JSON.stringify([runId, round]);
}

/** True where both say the same: the run that published is asked to publish again, as after a crash. */
export function isSamePublication(published: VersionManifest, again: VersionManifest): boolean {
  return (
    published.lineage.runId === again.lineage.runId && published.parameters.digest === again.parameters.digest
  );
}
