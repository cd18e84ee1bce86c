import type { ServerAPI } from '@fedops/client-api';
import type { Logger } from '@fedops/http-service';
import { isUnheard, type RoundRecord } from '@fedops/shared-types';
import type { Clock } from '../clock.js';
import { createDeliveryQueue } from './delivery-queue.js';
import type { Reporter } from './reporter.js';

/** What a reporter works with. */
export interface ManagerReporterParts {
  readonly api: Pick<
    ServerAPI,
    'putServerStatus' | 'putFlRoundFin' | 'putGlModelEvaluation' | 'putServerTimeResult' | 'performanceUrl'
  >;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What a reporter says of the run beside what happens to it. */
export interface ManagerReporterSettings {
  /**
   * The campaign that the manager began; it refuses reports of any other. Default: what FedOps 1.3 says in
   * `FEDOPS_CAMPAIGN_RUN_ID`, or none.
   */
  readonly campaignRunId?: string;
}

/**
 * Reports to a server manager, and to its performance service where there is one: in the background, one after
 * another. An undeliverable report is retried, then logged; it never holds the run.
 *
 * A failed run is reported as not ready, never as finished, since a manager counts that as a new version.
 */
export function createManagerReporter(
  { api, clock, logger, env = process.env }: ManagerReporterParts,
  { campaignRunId = env.FEDOPS_CAMPAIGN_RUN_ID || undefined }: ManagerReporterSettings = {},
): Reporter {
  const queue = createDeliveryQueue({ clock, logger });
  const campaign = campaignRunId === undefined ? {} : { campaign_run_id: campaignRunId };
  let nextVersion = 1;
  let startedAt = '';

  /** The status is whole, so saying it twice says the same. */
  function sayReady(isReady: boolean): void {
    const status = {
      S3_bucket: '',
      Last_GL_Model: nextVersion > 1 ? `V${nextVersion - 1}` : '',
      FLServer_start: startedAt,
      FLSeReady: isReady,
      GL_Model_V: nextVersion,
      ...(campaignRunId !== undefined && { Campaign_run_id: campaignRunId }),
    };
    queue.add({
      name: 'server-status',
      deliver: () => api.putServerStatus(status),
      isRepeatable: () => true,
    });
  }

  /** Python adds a row, or a version, each time that it hears one of these. */
  function sayOnce(name: string, deliver: () => Promise<unknown>): void {
    queue.add({ name, deliver, isRepeatable: isUnheard });
  }

  function sayTime(seconds: number): void {
    if (api.performanceUrl === null) return;
    const result = { server_operation_time: seconds, gl_model_v: nextVersion };
    sayOnce('server-time', () => api.putServerTimeResult(result));
  }

  return {
    report(report) {
      switch (report.kind) {
        case 'run-started':
          nextVersion = report.nextVersion;
          startedAt = new Date(clock.now()).toISOString();
          return sayReady(true);
        case 'round-ended': {
          if (api.performanceUrl === null) return;
          const evaluation = { ...evaluationOf(report.record, nextVersion), ...campaign };
          return sayOnce('model-evaluation', () => api.putGlModelEvaluation(evaluation));
        }
        case 'run-published':
          sayTime(report.seconds);
          return sayOnce('run-finished', () => api.putFlRoundFin(campaign));
        case 'run-failed':
          sayTime(report.seconds);
          return sayReady(false);
      }
    },
    close: (withinMs) => queue.close(withinMs),
  };
}

function evaluationOf(
  record: RoundRecord,
  nextVersion: number,
): Parameters<ServerAPI['putGlModelEvaluation']>[0] {
  const measured = record.centralEvaluation ?? record.clientEvaluation;
  const { accuracy, ...others } = measured?.metrics ?? {};
  return {
    round: record.round,
    gl_loss: measured?.loss ?? null,
    gl_accuracy: accuracy ?? null,
    run_time_by_round: record.seconds,
    gl_model_v: nextVersion,
    evaluation_source: record.centralEvaluation === undefined ? 'client_aggregated' : 'server',
    evaluation_status: measured === undefined ? 'missing' : 'completed',
    evaluation_samples: measured?.numExamples ?? null,
    evaluation_failures: record.failures.filter(({ work }) => work === 'evaluate').length,
    additional_metrics: { ...others, round_outcome: record.outcome.kind },
  };
}
