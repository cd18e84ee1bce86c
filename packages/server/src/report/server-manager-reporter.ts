import type { ServerAPI } from '@fedops/client-api';
import type { Logger } from '@fedops/http-service';
import { FedOpsError, type RunId } from '@fedops/shared-types';
import type { Clock } from '../clock.js';
import type { Reporter, RunReport } from './reporter.js';

export interface ManagerReporterParts {
  readonly api: Pick<
    ServerAPI,
    'putServerStatus' | 'putFlRoundFin' | 'putGlModelEvaluation' | 'putServerTimeResult' | 'performanceUrl'
  >;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often an undeliverable report is tried again before it is given up. */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 1_000;
/** Reports that wait to be delivered; beyond it the newest are dropped, with a line in the log. */
const QUEUE_LIMIT = 1_000;

/**
 * Reports to a server manager, and to its performance service where there is one: one after another,
 * after the fact. An undeliverable report is retried, then logged; it never holds the run.
 *
 * A failed run is reported as not ready, never as finished, since a manager counts that as a new version.
 */
export function createManagerReporter({ api, clock, logger }: ManagerReporterParts, runId: RunId): Reporter {
  const queue: RunReport[] = [];
  let nextVersion = 1;
  let startedAt = '';
  let isWorking = false;
  let isClosed = false;
  let wakeUp: (() => void) | undefined;
  let settled: (() => void)[] = [];

  async function deliver(report: RunReport): Promise<void> {
    const status = {
      S3_bucket: '',
      Last_GL_Model: nextVersion > 1 ? `V${nextVersion - 1}` : '',
      FLServer_start: startedAt,
      GL_Model_V: nextVersion,
      Campaign_run_id: runId,
    };
    switch (report.kind) {
      case 'run-started':
        await api.putServerStatus({ ...status, FLSeReady: true });
        return;
      case 'round-ended':
        if (api.performanceUrl !== null)
          await api.putGlModelEvaluation(evaluationOf(report.record, nextVersion, runId));
        return;
      case 'run-published':
        await reportTime(report.seconds);
        await api.putFlRoundFin({ campaign_run_id: runId });
        return;
      case 'run-failed':
        await reportTime(report.seconds);
        await api.putServerStatus({ ...status, FLSeReady: false });
        return;
    }
  }

  async function reportTime(seconds: number): Promise<void> {
    if (api.performanceUrl === null) return;
    await api.putServerTimeResult({ server_operation_time: seconds, gl_model_v: nextVersion });
  }

  async function deliverWithRetries(report: RunReport): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await deliver(report);
      } catch (error) {
        const { code, message } = FedOpsError.from(error);
        if (attempt === ATTEMPTS || isClosed) {
          logger.warn(
            { code, report: report.kind },
            `a report to the server manager was not delivered: ${message}`,
          );
          return;
        }
        await pause(FIRST_WAIT_MS * 2 ** (attempt - 1));
      }
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.after(ms, resolve);
      wakeUp = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    for (let report = queue.shift(); report !== undefined; report = queue.shift())
      await deliverWithRetries(report);
    isWorking = false;
    for (const resolve of settled) resolve();
    settled = [];
  }

  return {
    report(report) {
      if (report.kind === 'run-started') {
        nextVersion = report.nextVersion;
        startedAt = new Date(clock.now()).toISOString();
      }
      if (queue.length >= QUEUE_LIMIT) {
        logger.warn(
          { report: report.kind },
          'too many reports wait for the server manager; this one is dropped',
        );
        return;
      }
      queue.push(report);
      void work();
    },
    close(withinMs) {
      if (!isWorking) return Promise.resolve();
      return new Promise((resolve) => {
        settled.push(resolve);
        clock.after(withinMs, () => {
          isClosed = true;
          queue.length = 0;
          wakeUp?.();
          resolve();
        });
      });
    },
  };
}

function evaluationOf(
  record: Extract<RunReport, { kind: 'round-ended' }>['record'],
  nextVersion: number,
  runId: RunId,
): Parameters<ServerAPI['putGlModelEvaluation']>[0] {
  const measured = record.centralEvaluation ?? record.clientEvaluation;
  const { accuracy, ...others } = measured?.metrics ?? {};
  return {
    round: record.round,
    gl_loss: measured?.loss ?? null,
    gl_accuracy: accuracy ?? null,
    run_time_by_round: record.seconds,
    gl_model_v: nextVersion,
    campaign_run_id: runId,
    evaluation_source: record.centralEvaluation !== undefined ? 'server' : 'client_aggregated',
    evaluation_status: measured === undefined ? 'missing' : 'completed',
    evaluation_samples: measured?.numExamples ?? null,
    evaluation_failures: record.failures.filter(({ work }) => work === 'evaluate').length,
    additional_metrics: { ...others, round_outcome: record.outcome.kind },
  };
}
