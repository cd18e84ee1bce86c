import type { Config, RunEvent } from '@fedops/shared-types';

/** What is known of a run beside its events. */
export interface LineContext {
  readonly taskId: string;
  readonly rounds: number;
  /** 0 where the run starts from the task's initial model. */
  readonly baseVersion: number;
  /** What each fit is told. */
  readonly fitConfig: Config;
  /** URL of the FL server, while one is known. */
  readonly aggregationServer: string | undefined;
}

/**
 * What else a line tells: under the names of Python's runtime events where these have it, else under those of our
 * events. Pure.
 */
export function detailsOf(context: LineContext, event: RunEvent): Readonly<Record<string, unknown>> {
  const target = { targetGlobalModelVersion: context.baseVersion + 1 };
  switch (event.kind) {
    case 'client-connected':
      return { aggregationServer: context.aggregationServer, ...target };
    case 'round-opened':
      return {
        ...sourceOf(context, event.round),
        ...target,
        training: context.fitConfig,
        asked: event.asked,
        deadline: event.deadline,
      };
    case 'update-received':
      return {
        // Python's clients say `transport_handoff`: they know only that it was sent.
        acknowledgement: 'server_received',
        sampleCount: event.update.numExamples,
        digest: event.update.digest,
        ...target,
      };
    case 'evaluation-began':
      return { ...scopeOf(context, event.round), ...target, asked: event.asked, deadline: event.deadline };
    case 'aggregated':
      return { ...scopeOf(context, event.round), ...target, digest: event.digest };
    case 'evaluation-received':
    case 'centrally-evaluated':
      return { ...scopeOf(context, event.round), sampleCount: event.evaluation.numExamples };
    case 'round-closed':
    case 'round-failed':
      return { participants: event.record.participants.length, failures: event.record.failures.length };
    case 'version-published':
      return { globalModelVersion: event.version, digest: event.digest };
    case 'run-began':
      return { targetGlobalModelVersion: event.nextVersion, sourceGlobalModelVersion: event.baseVersion };
    case 'run-failed':
      return { errorType: event.code, reason: event.reason };
    case 'reset':
      return { phase: event.view.state.phase, waitingFor: event.view.state.waitingFor };
    default:
      return 'deadline' in event ? { deadline: event.deadline } : {};
  }
}

/** The model that a round's clients begin with. */
function sourceOf({ baseVersion }: LineContext, round: number): Readonly<Record<string, unknown>> {
  if (round > 1) {
    const sourceRound = round - 1;
    return { modelRole: 'round-aggregate', modelLabel: `Round ${sourceRound} Aggregate`, sourceRound };
  }
  return baseVersion === 0
    ? { modelRole: 'initiative', modelLabel: 'Initiative Model' }
    : {
        modelRole: 'global',
        modelLabel: `Global Model v${baseVersion}`,
        sourceGlobalModelVersion: baseVersion,
      };
}

/** Only what the last round makes becomes a version. */
function scopeOf({ rounds }: LineContext, round: number): Readonly<Record<string, unknown>> {
  return { aggregationScope: round === rounds ? 'campaign-final' : 'round' };
}
