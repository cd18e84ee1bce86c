import type { VersionManifest } from '@fedops/server';
import type { Metrics, RunView, Sha256 } from '@fedops/shared-types';
import type { StoredVersion } from '../store/store.js';

/** What the registry keeps of a published version. */
export function versionOf(
  manifest: VersionManifest,
  signatureDigest: Sha256,
  view: RunView | undefined,
): StoredVersion {
  const { version, publishedAt, parameters, signature, lineage } = manifest;
  return {
    taskId: lineage.taskId,
    version,
    runId: lineage.runId,
    baseVersion: lineage.baseVersion,
    digest: parameters.digest,
    byteLength: parameters.byteLength,
    signatureDigest,
    signature: [...signature],
    metrics: metricsOf(manifest, view),
    publishedAt,
    manifest: JSON.parse(JSON.stringify(manifest)),
  };
}

/** The measurements of the very model that was published: those of the last round, and of no other. */
function metricsOf({ lineage, parameters }: VersionManifest, view: RunView | undefined): Metrics {
  const record = view?.history.findLast(
    ({ outcome }) => outcome.kind === 'closed' && outcome.digest === parameters.digest,
  );
  const quality = record?.centralEvaluation ?? record?.clientEvaluation;
  const fit = Object.entries(record?.fitMetrics ?? lineage.metrics).map(([name, value]) => [
    `fit_${name}`,
    value,
  ]);
  return {
    ...Object.fromEntries(fit),
    ...quality?.metrics,
    ...(quality !== undefined && { loss: quality.loss }),
  };
}
