import type { Baseline, ClientReport, SessionReport } from '../client/client-report.js';
import type { ErrorFacts, PartEnd, Run } from './run.js';

/** What became of a start, by the report of a client that does not train (any more). */
export type Outcome =
  | { readonly kind: 'not-begun' }
  /** The process is another one than the one that was started. */
  | { readonly kind: 'restarted' }
  | { readonly kind: 'ended'; readonly end: PartEnd };

const NOT_BEGUN: Outcome = { kind: 'not-begun' };
const RESTARTED: Outcome = { kind: 'restarted' };
const FINISHED: Outcome = { kind: 'ended', end: { state: 'train-finished' } };

/**
 * What became of a start that the client may have heard.
 *
 * Our own client app tells it by its session. From others there are two flags and a version: the version changes
 * with a start and is gone after a restart; the failure flag, once set, stays, so that a client which had failed
 * before can say nothing more by it.
 */
export function outcomeOf(report: ClientReport, baseline: Baseline | null, run: Run): Outcome {
  if (report.session !== null) return outcomeOfSession(report.session, baseline);
  if (report.hasFailed && baseline?.hasFailed !== true) {
    return failed({ code: 'internal', message: 'the client says that it failed' });
  }
  if (report.version === baseline?.version) return NOT_BEGUN;
  // Clients of early 2023 add 1 to the version that they are told.
  if (run.version !== null && report.version < run.version) return RESTARTED;
  return report.hasFailed
    ? failed({ code: 'internal', message: 'the client failed, in this run or in an earlier one' })
    : FINISHED;
}

function outcomeOfSession(
  { phase, reason, since, error }: SessionReport,
  baseline: Baseline | null,
): Outcome {
  if (since === baseline?.stateSince) return NOT_BEGUN;
  switch (phase) {
    case 'finished':
      return FINISHED;
    case 'failed':
      return failed(error ?? { code: 'internal', message: 'the client failed' });
    default:
      return reason === 'not-started'
        ? RESTARTED
        : failed({ code: 'aborted', message: 'the training was stopped' });
  }
}

function failed(reason: ErrorFacts): Outcome {
  return { kind: 'ended', end: { state: 'train-failed', reason } };
}

/** The end of a part whose client was seen training and trains no more. */
export function endOfTraining(outcome: Outcome): PartEnd {
  switch (outcome.kind) {
    case 'ended':
      return outcome.end;
    case 'restarted':
      return {
        state: 'train-failed',
        reason: { code: 'aborted', message: 'the client app was started anew while it trained' },
      };
    case 'not-begun':
      return {
        state: 'train-failed',
        reason: { code: 'internal', message: 'the client stopped without a word of how it ended' },
      };
  }
}
