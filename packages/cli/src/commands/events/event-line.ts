import type { ManagedRun, RoundRecord, RunEvent } from '@fedops/shared-types';
import { detailsOf, type LineContext } from './event-details.js';

/**
 * One thing that happened, as one line of JSON. The fields are those of the runtime events of Python's clients
 * (`schemaVersion` to `metrics`), and so are the stages that have a counterpart there; others are named for what
 * happened. What is null is left out.
 */
export interface EventLine {
  readonly schemaVersion: 1;
  /** UTC. */
  readonly timestamp: string;
  readonly taskId: string;
  readonly runId: string;
  /** The client that it concerns. */
  readonly clientInstanceId?: string;
  readonly stage: string;
  readonly round?: number;
  /** Of the run, 0 to 100. */
  readonly progress?: number;
  readonly message: string;
  readonly metrics?: Readonly<Record<string, number>>;
  /** To go on after this one: `--after`. Missing for what the manager says. */
  readonly eventId?: string;
  readonly [detail: string]: unknown;
}

/** What an event means in Python's words. */
const STAGE_OF: Partial<Record<RunEvent['kind'], string>> = {
  'client-connected': 'connecting',
  'round-began': 'waiting_round',
  'round-opened': 'training',
  'update-received': 'uploading',
  'evaluation-began': 'evaluating',
  aggregated: 'global_model_updated',
  'version-published': 'completed',
  'run-failed': 'failed',
};

/** An event of a run as a line. Pure. */
export function lineOfEvent(context: LineContext, event: RunEvent): EventLine {
  const { taskId, rounds } = context;
  const { id, at, runId, kind } = event;
  const round = roundOf(event);
  return withoutNulls({
    schemaVersion: 1,
    timestamp: at,
    taskId,
    runId,
    clientInstanceId: clientOf(event),
    stage: STAGE_OF[kind] ?? kind.replaceAll('-', '_'),
    round,
    progress: progressOf(event, round, rounds),
    message: messageOf(event),
    metrics: metricsOf(event),
    event: kind,
    eventId: id,
    ...detailsOf(context, event),
  });
}

/** What the manager says of a run as a line. Pure. */
export function lineOfRun({ taskId, runId, state }: ManagedRun): EventLine {
  const { status, since, message, ...details } = { message: undefined, ...state };
  return withoutNulls({
    schemaVersion: 1,
    timestamp: since,
    taskId,
    runId,
    stage: `run_${status}`,
    progress: status === 'published' ? 100 : undefined,
    message: message === undefined ? `the run is ${status}` : `the run is ${status}: ${message}`,
    ...details,
  });
}

/**
 * A round that was over before anybody was told of it as a line, marked `isPast`. Pure.
 *
 * @param at When it was seen to be past: when it ended is not known any more.
 */
export function lineOfPastRound(
  { taskId, runId, rounds }: Pick<LineContext, 'taskId' | 'rounds'> & { readonly runId: string },
  record: RoundRecord,
  at: string,
): EventLine {
  const { outcome, round } = record;
  return withoutNulls({
    schemaVersion: 1,
    timestamp: at,
    taskId,
    runId,
    stage: outcome.kind === 'closed' ? 'round_closed' : 'round_failed',
    round,
    progress: Math.round((100 * (outcome.kind === 'closed' ? round : Math.max(0, round - 1))) / rounds),
    message: outcome.kind === 'closed' ? 'round closed' : outcome.message,
    metrics: metricsOfRecord(record),
    participants: record.participants.length,
    failures: record.failures.length,
    isPast: true,
  });
}

function roundOf(event: RunEvent): number | undefined {
  if ('round' in event) return event.round;
  if ('record' in event) return event.record.round;
  return event.kind === 'reset' ? event.view.round : undefined;
}

function clientOf(event: RunEvent): string | undefined {
  if ('clientId' in event) return event.clientId;
  if (event.kind === 'update-received') return event.update.clientId;
  if (event.kind === 'client-failed') return event.failure.clientId;
  return event.kind === 'evaluation-received' ? event.evaluation.clientId : undefined;
}

/** A closed round is over; one that is open has all before it behind it. */
function progressOf(event: RunEvent, round: number | undefined, rounds: number): number | undefined {
  if (event.kind === 'version-published') return 100;
  if (round === undefined) return undefined;
  const done = event.kind === 'round-closed' ? round : round - 1;
  return Math.round((100 * Math.max(0, done)) / rounds);
}

function metricsOf(event: RunEvent): Readonly<Record<string, number>> | undefined {
  switch (event.kind) {
    case 'update-received':
      return event.update.metrics;
    case 'aggregated':
      return event.fitMetrics;
    case 'evaluation-received':
    case 'centrally-evaluated':
      return { loss: event.evaluation.loss, ...event.evaluation.metrics };
    case 'round-closed':
      return metricsOfRecord(event.record);
    default:
      return undefined;
  }
}

function metricsOfRecord({ centralEvaluation, clientEvaluation, fitMetrics }: RoundRecord) {
  const quality = centralEvaluation ?? clientEvaluation;
  return quality === undefined ? fitMetrics : { loss: quality.loss, ...quality.metrics };
}

function messageOf(event: RunEvent): string {
  switch (event.kind) {
    case 'run-failed':
      return `${event.reason}: ${event.message}`;
    case 'run-suspended':
    case 'central-evaluation-failed':
      return event.message;
    case 'client-failed':
      return `${event.failure.work}: ${event.failure.code}: ${event.failure.message}`;
    case 'round-failed':
      return event.record.outcome.kind === 'failed' ? event.record.outcome.message : 'the round failed';
    case 'reset':
      return event.view.state.explanation;
    default:
      return event.kind.replaceAll('-', ' ');
  }
}

function withoutNulls(line: Readonly<Record<string, unknown>>): EventLine {
  const entries = Object.entries(line).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries) as EventLine;
}
