import { FedOpsError } from '@fedops/shared-types';
import { externalRun } from './external-run.js';
import type { ServerReport } from './server-report.js';

/** What an FL server says of itself; what it leaves out stays as it was. */
export interface ServerWord {
  readonly bucket?: string | undefined;
  readonly lastModel?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly version?: number | undefined;
  readonly ready?: boolean | undefined;
  readonly runId?: string | undefined;
}

export type Campaign = NonNullable<ServerReport['campaign']>;

/** Before an FL server has said anything. */
export const SILENT: ServerReport = {
  bucket: '',
  lastModel: '',
  startedAt: '',
  version: 0,
  state: { kind: 'never-ran' },
  run: null,
  campaign: null,
};

/**
 * The report after `FLSeUpdate`. A word that the server is not ready, while it was, says that it failed.
 *
 * @throws {FedOpsError} `conflict` for a word of another run than the campaign that goes on, or of none.
 */
export function updated(report: ServerReport, word: ServerWord, at: string): ServerReport {
  assertCurrent(report, word.runId);
  const said = {
    ...report,
    bucket: word.bucket ?? report.bucket,
    lastModel: word.lastModel ?? report.lastModel,
    startedAt: word.startedAt ?? report.startedAt,
  };
  if (word.ready === undefined) return { ...said, version: word.version ?? report.version };
  if (word.ready) {
    const ready = { ...said, version: word.version ?? report.version };
    return {
      ...ready,
      state: { kind: 'ready' },
      run: externalRun(ready),
      campaign: campaignIn(report, 'running', null),
    };
  }
  return report.state.kind === 'ready'
    ? {
        ...said,
        state: { kind: 'failed' },
        run: withEnd(report.run, 'failed'),
        campaign: campaignIn(report, 'failed', at),
      }
    : said;
}

/**
 * The report after `FLRoundFin`, which also a server that crashed sends: only one that was ready has finished, and
 * finishes once.
 *
 * @throws {FedOpsError} `conflict` as {@link updated}.
 */
export function finished(report: ServerReport, runId: string | undefined, at: string): ServerReport {
  if (report.state.kind !== 'ready') return report;
  assertCurrent(report, runId);
  return {
    ...report,
    version: report.campaign?.endedAt === null ? report.campaign.target : report.version + 1,
    state: { kind: 'finished' },
    run: withEnd(report.run, 'published'),
    campaign: campaignIn(report, 'completed', at),
  };
}

/** @throws {FedOpsError} `conflict` where a campaign goes on. */
export function campaignBegun(
  report: ServerReport,
  campaign: Pick<Campaign, 'runId' | 'base' | 'target' | 'config'>,
  at: string,
): ServerReport {
  if (isOpen(report.campaign)) {
    if (report.campaign.runId === campaign.runId) return report;
    throw new FedOpsError('conflict', `campaign ${report.campaign.runId} goes on`);
  }
  return {
    ...report,
    version: campaign.target,
    campaign: { ...campaign, startedAt: at, endedAt: null, status: 'starting' },
  };
}

/** @throws {FedOpsError} `conflict` for another campaign than the current one. */
export function campaignEnded(
  report: ServerReport,
  { runId, phase }: { readonly runId: string; readonly phase: 'request' | 'finished' },
  at: string,
): ServerReport {
  if (report.campaign?.runId !== runId) {
    throw new FedOpsError('conflict', `campaign ${runId} is not the current one`);
  }
  if (!isOpen(report.campaign)) return report;
  return phase === 'request'
    ? { ...report, campaign: campaignIn(report, 'stopping', null) }
    : {
        ...report,
        state: { kind: 'stopped' },
        run: report.run?.runId === runId ? withEnd(report.run, 'stopped') : report.run,
        campaign: campaignIn(report, 'stopped', at),
      };
}

function assertCurrent({ campaign }: ServerReport, runId: string | undefined): void {
  const current = isOpen(campaign) ? campaign.runId : undefined;
  if (runId === current) return;
  throw new FedOpsError(
    'conflict',
    current === undefined
      ? `run ${runId} is not one that goes on here`
      : `campaign ${current} goes on; a report of ${runId ?? 'no run'} is not about it`,
  );
}

/** How a run ended first is how it ended. */
function withEnd(
  run: ServerReport['run'],
  end: NonNullable<ServerReport['run']>['end'],
): ServerReport['run'] {
  return run === null || run.end !== null ? run : { ...run, end };
}

function isOpen(campaign: ServerReport['campaign']): campaign is Campaign {
  return campaign !== null && campaign.endedAt === null;
}

function campaignIn(
  { campaign }: ServerReport,
  status: Campaign['status'],
  endedAt: string | null,
): Campaign | null {
  return isOpen(campaign) ? { ...campaign, status, endedAt } : campaign;
}
