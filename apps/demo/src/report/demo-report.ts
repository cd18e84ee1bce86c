import type { RoundRecord } from '@fedops/shared-types';
import { partitionText } from '../data/partition.js';
import type { DemoState } from '../federation/demo-state.js';
import { type CallCounts, NO_CALLS } from '../manager/device-view.js';
import type { DemoOptions } from '../options/demo-options.js';

/** What a demo did, as `--report` writes it. */
export interface DemoReport {
  readonly options: Omit<DemoOptions, 'partition' | 'report'> & { readonly partition: string };
  readonly rounds: readonly ReportedRound[];
  readonly calls: Readonly<Record<string, CallCounts>>;
  readonly final: FinalModel;
  /** Of the whole demo, from its start. */
  readonly seconds: number;
}

/** A round, closed or failed; a failed one was tried again. */
export interface ReportedRound {
  readonly round: number;
  /** On the 10,000 test images, 0 to 1; null where the round has no model or it was not measured. */
  readonly accuracy: number | null;
  readonly loss: number | null;
  /** Ids of the clients whose update counts. */
  readonly participants: readonly string[];
  readonly failures: RoundRecord['failures'];
  readonly seconds: number;
}

/** The global model that the run published. */
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
  const reported = state.rounds.map(reportedRound);
  const last = reported.at(-1);
  return {
    options: { clients, rounds, partition: partitionText(partition), seed, examples, dataDir },
    rounds: reported,
    calls: Object.fromEntries(
      state.clients.map((clientId) => [clientId, state.devices.get(clientId)?.calls ?? NO_CALLS]),
    ),
    final: { accuracy: last?.accuracy ?? null, loss: last?.loss ?? null, ...published },
    seconds,
  };
}

function reportedRound({
  round,
  centralEvaluation,
  participants,
  failures,
  seconds,
}: RoundRecord): ReportedRound {
  return {
    round,
    accuracy: centralEvaluation?.metrics.accuracy ?? null,
    loss: centralEvaluation?.loss ?? null,
    participants: participants.map(({ clientId }) => clientId),
    failures,
    seconds,
  };
}
