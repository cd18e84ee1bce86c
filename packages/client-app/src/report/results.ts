import type {
  ClientId,
  ClientNotice,
  ClientTimeResult,
  RunId,
  TestResult,
  TrainResult,
} from '@fedops/shared-types';
import type { EvaluateObservation, FitObservation } from './observed-trainer.js';

/** In whose name, and about which version, a report speaks. */
export interface ReportOrigin {
  readonly taskId: string;
  readonly clientId: ClientId;
  readonly clientMac: string | null;
  readonly clientName: string | null;
  readonly nextVersion: number;
  /** Null until the client has joined a run. */
  readonly runId: RunId | null;
}

/** The train result of a fit; undefined where the trainer measured no loss or no accuracy, which Python requires. */
export function trainResultOf(
  { round, seconds, metrics }: FitObservation,
  origin: ReportOrigin,
): TrainResult | undefined {
  const { loss, accuracy, val_loss, val_accuracy } = metrics;
  if (loss === undefined || accuracy === undefined) return undefined;
  return {
    ...senderOf(origin),
    round,
    train_loss: loss,
    train_accuracy: accuracy,
    ...(val_loss === undefined ? {} : { val_loss }),
    ...(val_accuracy === undefined ? {} : { val_accuracy }),
    train_time: seconds,
  };
}

/** The test result of an evaluation; undefined where no accuracy was measured. */
export function testResultOf(
  { round, loss, metrics }: EvaluateObservation,
  origin: ReportOrigin,
): TestResult | undefined {
  const { accuracy } = metrics;
  if (accuracy === undefined) return undefined;
  return { ...senderOf(origin), round, test_loss: loss, test_accuracy: accuracy };
}

/** How many seconds a client took part in a run. */
export function timeResultOf(seconds: number, origin: ReportOrigin): ClientTimeResult {
  return { ...senderOf(origin), operation_time: seconds };
}

/** What a client says of itself alone. */
export function noticeOf({ clientId, clientMac, runId }: ReportOrigin): ClientNotice {
  return { client_id: clientId, client_mac: clientMac, run_id: runId };
}

function senderOf({ taskId, clientId, clientMac, clientName, nextVersion }: ReportOrigin) {
  return {
    fl_task_id: taskId,
    client_mac: clientMac ?? clientId,
    ...(clientName === null ? {} : { client_name: clientName }),
    gl_model_v: nextVersion,
  };
}
