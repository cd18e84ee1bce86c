import {
  ClientIdSchema,
  FedOpsError,
  type MetricRow,
  parseWith,
  RunIdSchema,
  type TaskId,
} from '@fedops/shared-types';
import type { Router } from 'express';
import { z } from 'zod';
import type { Manager } from '../../manager.js';
import type { NewMetricRow } from '../../store/store.js';
import type { CheckAccess } from '../access.js';
import { properAnswers } from './legacy-route.js';

const ReportSchema = z.record(z.string().max(200), z.json());

/** The names of a report before and after 2023-12; all are read, ours are kept. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  next_gl_model_v: 'gl_model_v',
  train_acc: 'train_accuracy',
  test_acc: 'test_accuracy',
  gl_acc: 'gl_accuracy',
  clusterId: 'cluster_id',
};

/** Route → what its rows are, and under which name Python's service answers it. */
const REPORTS: readonly {
  readonly path: string;
  readonly kind: MetricRow['kind'];
  readonly name: string | null;
}[] = [
  { path: '/client_perf/train_result', kind: 'train', name: 'train_result' },
  { path: '/client_perf/test_result', kind: 'test', name: 'test_result' },
  { path: '/client_perf/client_time_result', kind: 'client-time', name: 'client_time_result' },
  { path: '/client_perf/client_system', kind: 'client-system', name: 'client_system' },
  { path: '/client_perf/xai_result', kind: 'xai', name: null },
  { path: '/server_perf/gl_model_evaluation', kind: 'model', name: 'gl_model_evaluation' },
  { path: '/server_perf/server_time_result', kind: 'server-time', name: null },
];

/**
 * Python's performance service. Each report becomes a row of its own with all that it says, also what Python's
 * service does not know, and the answer is what this very request said.
 */
export function mountPerformance(router: Router, manager: Manager, check: CheckAccess): void {
  const { tasks, metrics } = manager;
  const proper = properAnswers(check);

  for (const { path, kind, name } of REPORTS) {
    router.put(
      `${path}/:taskId`,
      proper('member', async ({ body }, taskId) => {
        const report = renamed(parseWith(ReportSchema, body, `body of PUT ${path}`));
        tasks.get(taskId);
        const row = rowOf(manager, taskId, kind, report);
        if (kind === 'model' && row.runId !== null) await metrics.putModelRow(row);
        else await metrics.add([row]);
        return name === null ? report : { [name]: report };
      }),
    );
  }
}

type Report = z.output<typeof ReportSchema>;

/** Of several names of one thing ours wins, whatever their order. */
function renamed(report: Report): Report {
  const result: Report = {};
  for (const [name, value] of Object.entries(report)) {
    const ours = OTHER_NAMES[name];
    if (ours === undefined) result[name] = value;
    else if (!Object.hasOwn(report, ours)) result[ours] = value;
  }
  return result;
}

function rowOf(
  { runs, clock }: Manager,
  taskId: TaskId,
  kind: MetricRow['kind'],
  report: Report,
): NewMetricRow {
  const named = RunIdSchema.safeParse(report.campaign_run_id);
  // The older dialect knows devices by MAC, so that is what its rows have.
  const client = ClientIdSchema.safeParse(report.client_mac);
  return {
    taskId,
    kind,
    at: new Date(clock.now()).toISOString(),
    runId: named.data ?? runs.active(taskId)?.runId ?? null,
    clientId: client.data ?? null,
    round: countOf(report.round, 'round'),
    version: countOf(report.gl_model_v, 'gl_model_v'),
    values: report,
  };
}

function countOf(value: Report[string] | undefined, name: string): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new FedOpsError(
    'invalid-argument',
    `${name}: expected an integer from 0, got ${JSON.stringify(value).slice(0, 50)}`,
  );
}
