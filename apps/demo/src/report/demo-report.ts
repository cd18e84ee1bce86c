import type { RoundRecord } from '@fedops/shared-types';
import { type CallCounts, NO_CALLS } from '../calls/call-counts.js';
import { partitionText } from '../data/partition.js';
import type { DemoState, JoinedClient, KilledClient, RunSeen } from '../federation/demo-state.js';
import type { DemoOptions } from '../options/demo-options.js';

/** What a demo did, as `--report` writes it. */
export interface DemoReport {
  readonly options: Omit<DemoOptions, 'partition' | 'report'> & { readonly partition: string };
  readonly runs: readonly ReportedRun[];
  /** Of all runs, in the order in which they ended. */
  readonly rounds: readonly ReportedRound[];
  readonly calls: Readonly<Record<string, CallCounts>>;
  /** The client that the demo killed while it trained; null where it killed none. */
  readonly killed: KilledClient | null;
  /** The device that came when a client was lost; null where none was. */
  readonly joined: ReportedJoin | null;
  readonly final: FinalModel;
  /** Of the whole demo, from its start. */
  readonly seconds: number;
}

export interface ReportedRun {
  readonly runId: string;
  /** 0 where it began with random weights. */
  readonly baseVersion: number;
  readonly version: number | null;
  readonly sha256: string | null;
  /** How each client's part ended, as the server manager has it. */
  readonly parts: Readonly<Record<string, { readonly state: string; readonly reason: string | null }>>;
}

/** A round, closed or failed; a failed one was tried again. */
export interface ReportedRound {
  readonly runId: string;
  readonly round: number;
  /** On the 10,000 test images, 0 to 1; null where the round has no model or it was not measured. */
  readonly accuracy: number | null;
  readonly loss: number | null;
  /** Ids of the clients whose update counts. */
  readonly participants: readonly string[];
  readonly failures: RoundRecord['failures'];
  readonly seconds: number;
}

export interface ReportedJoin extends JoinedClient {
  /** The first round of that run in which its update counts; null for none. */
  readonly fromRound: number | null;
}

/** The global model that the last run published. */
export interface FinalModel {
  readonly accuracy: number | null;
  readonly loss: number | null;
  readonly version: number;
  readonly sha256: string;
  readonly path: string;
}

export type PublishedModel = Pick<FinalModel, 'version' | 'sha256' | 'path'>;

export function demoReport(
  options: DemoOptions,
  state: DemoState,
  published: PublishedModel,
  seconds: number,
): DemoReport {
  const { clients, rounds, partition, seed, examples, dataDir } = options;
  const reported = state.runs.flatMap((run) => run.rounds.map((record) => reportedRound(run, record)));
  const last = reported.at(-1);
  return {
    options: { clients, rounds, partition: partitionText(partition), seed, examples, dataDir },
    runs: state.runs.map(reportedRun),
    rounds: reported,
    calls: Object.fromEntries(
      state.clients.map((clientId) => [clientId, state.calls.get(clientId) ?? NO_CALLS]),
    ),
    killed: state.killed ?? null,
    joined: state.joined === undefined ? null : reportedJoin(state.joined, reported),
    final: { accuracy: last?.accuracy ?? null, loss: last?.loss ?? null, ...published },
    seconds,
  };
}

function reportedRun({ runId, baseVersion, published, parts }: RunSeen): ReportedRun {
  return {
    runId,
    baseVersion,
    version: published?.version ?? null,
    sha256: published?.sha256 ?? null,
    parts: Object.fromEntries(
      parts.map(({ clientId, state, reason }) => [clientId, { state, reason: reason?.message ?? null }]),
    ),
  };
}

function reportedRound(
  { runId }: RunSeen,
  { round, centralEvaluation, participants, failures, seconds }: RoundRecord,
): ReportedRound {
  return {
    runId,
    round,
    accuracy: centralEvaluation?.metrics.accuracy ?? null,
    loss: centralEvaluation?.loss ?? null,
    participants: participants.map(({ clientId }) => clientId),
    failures,
    seconds,
  };
}

function reportedJoin(joined: JoinedClient, rounds: readonly ReportedRound[]): ReportedJoin {
  const first = rounds.find(
    ({ runId, participants }) => runId === joined.runId && participants.includes(joined.clientId),
  );
  return { ...joined, fromRound: first?.round ?? null };
}
