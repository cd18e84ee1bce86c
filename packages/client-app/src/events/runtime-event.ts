import type { EvaluateOutput, FitInput, FitOutput } from '@fedops/client-session';
import type { Metrics } from '@fedops/shared-types';

/** One step of a client's part in a run, in the words of Python's client. */
export interface RuntimeEvent {
  readonly stage:
    | 'connecting'
    | 'waiting_round'
    | 'downloading_global'
    | 'training'
    | 'preparing_update'
    | 'uploading'
    | 'evaluating'
    | 'global_model_updated'
    | 'completed'
    | 'failed';
  readonly round?: number;
  /** In per cent. */
  readonly progress?: number;
  readonly message: string;
  readonly metrics?: Metrics;
  readonly sampleCount?: number;
  /** Further fields of the stage. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What a run is to make. */
export interface RunTarget {
  /** The global model version that it is to publish. */
  readonly version: number;
  readonly rounds: number;
}

/** The client goes to an FL server, `host:port`. */
export function connecting(server: string | null): RuntimeEvent {
  return {
    stage: 'connecting',
    round: 1,
    message: 'connecting to the FL server',
    details: { aggregationServer: server },
  };
}

/** The client is registered. */
export function waitingForRound({ version }: RunTarget): RuntimeEvent {
  return {
    stage: 'waiting_round',
    round: 1,
    message: 'waiting for a round',
    details: { targetGlobalModelVersion: version },
  };
}

/** A fit begins: the parameters are here, and the training starts. */
export function fitBegins({ round, config }: FitInput, target: RunTarget): readonly RuntimeEvent[] {
  const training = {
    batchSize: config.batchSize ?? config.batch_size,
    localEpochs: config.localEpochs ?? config.local_epochs,
  };
  return [
    {
      stage: 'downloading_global',
      round,
      progress: 100,
      message: 'the parameters are here',
      details: received(round, target),
    },
    { stage: 'training', round, progress: 0, message: 'training', details: { training } },
  ];
}

/** A fit is done, and its update is handed to the transport. */
export function fitEnds(
  round: number,
  { metrics, numExamples }: FitOutput,
  target: RunTarget,
): readonly RuntimeEvent[] {
  return [
    {
      stage: 'preparing_update',
      round,
      progress: 100,
      message: 'trained',
      metrics,
      sampleCount: numExamples,
      details: { targetGlobalModelVersion: target.version },
    },
    {
      stage: 'uploading',
      round,
      message: 'the update goes to the FL server',
      details: { acknowledgement: 'transport_handoff' },
    },
  ];
}

/** An evaluation of the round's model begins. */
export function evaluationBegins(round: number, target: RunTarget): RuntimeEvent {
  return {
    stage: 'evaluating',
    round,
    progress: 0,
    message: 'evaluating the global model',
    details: aggregated(round, target),
  };
}

/** An evaluation of the round's model is done. */
export function evaluationEnds(
  round: number,
  { loss, metrics, numExamples }: EvaluateOutput,
  target: RunTarget,
): RuntimeEvent {
  return {
    stage: 'global_model_updated',
    round,
    progress: 100,
    message: 'evaluated the global model',
    metrics: { ...metrics, test_loss: loss },
    sampleCount: numExamples,
    details: aggregated(round, target),
  };
}

/** The run has ended, and published. */
export function completed(target: RunTarget): RuntimeEvent {
  return {
    stage: 'completed',
    round: target.rounds,
    progress: 100,
    message: 'the run has ended',
    details: aggregated(target.rounds, target),
  };
}

/** The client's part has ended otherwise. */
export function failed(code: string, message: string): RuntimeEvent {
  return { stage: 'failed', message, details: { errorType: code } };
}

/** What a round begins with: a version, or what the round before made. */
function received(round: number, { version }: RunTarget): Readonly<Record<string, unknown>> {
  const target = { targetGlobalModelVersion: version };
  if (round > 1) {
    const source = round - 1;
    return {
      modelRole: 'round-aggregate',
      modelLabel: `Round ${source} Aggregate`,
      sourceRound: source,
      ...target,
    };
  }
  const source = version - 1;
  if (source < 1) return { modelRole: 'initiative', modelLabel: 'Initiative Model', ...target };
  return {
    modelRole: 'global',
    modelLabel: `Global Model v${source}`,
    globalModelVersion: source,
    sourceGlobalModelVersion: source,
    ...target,
  };
}

/** What a round has made: only the last one's is a version. */
function aggregated(round: number, { version, rounds }: RunTarget): Readonly<Record<string, unknown>> {
  const target = { targetGlobalModelVersion: version };
  if (round < rounds) {
    return {
      modelRole: 'round-aggregate',
      modelLabel: `Round ${round} Aggregate`,
      sourceRound: round,
      aggregationScope: 'round',
      ...target,
    };
  }
  return {
    modelRole: 'global',
    modelLabel: `Global Model v${version}`,
    globalModelVersion: version,
    aggregationScope: 'campaign-final',
    ...target,
  };
}
