import { type RunId, RunIdSchema } from '@fedops/shared-types';
import type { ServerReport } from './server-report.js';

/**
 * The run of an FL server that says it is ready: told from others by its campaign, or else by the version that it
 * builds and the time at which its FL server began.
 */
export function externalRun({
  version,
  startedAt,
  campaign,
}: Pick<ServerReport, 'version' | 'startedAt' | 'campaign'>): NonNullable<ServerReport['run']> {
  if (campaign !== null && campaign.endedAt === null) {
    return { runId: runIdOf(campaign.runId), version: campaign.target, end: null };
  }
  return { runId: runIdOf(`V${version} ${startedAt}`), version: Math.max(1, version), end: null };
}

/** An FL server says of itself what it likes, and at what length. */
function runIdOf(text: string): RunId {
  return RunIdSchema.parse(text.trim().slice(0, 200));
}
