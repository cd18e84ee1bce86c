import { isUnheard } from '@fedops/client-api';
import type { FedOpsError } from '@fedops/shared-types';
import type { RestingState } from '../task/task-state.js';
import type { ClientManager, Managers, PerformanceService, ServerManager } from './managers.js';
import type { WorkObserver } from './observed-trainer.js';
import { isPassing } from './repetition.js';
import { createReportQueue, type Report, type ReportQueueParts } from './report-queue.js';
import { noticeOf, type ReportOrigin, testResultOf, timeResultOf, trainResultOf } from './results.js';

/** Tells the managers how a task fares: in the background, so that no report delays or ends a training. */
export interface TaskReporter extends WorkObserver {
  /** A start makes void what is not yet told of the one before. */
  started(): void;
  /** The run is over for this client, after so many seconds; null where it never reached the FL server. */
  ended(end: RestingState, seconds: number | null): void;
  /** The client leaves: says so, and lets go within the time. */
  left(withinMs: number): Promise<void>;
}

const LIFECYCLE_QUEUE = { capacity: 20, retryForMs: 600_000 };
const RESULTS_QUEUE = { capacity: 200, retryForMs: 600_000 };

/**
 * @param origin The sender as it is at this moment; undefined until its identity is known.
 */
export function createTaskReporter(
  managers: Managers,
  parts: ReportQueueParts,
  origin: () => ReportOrigin | undefined,
): TaskReporter {
  const toClientManager = createReportQueue(parts, LIFECYCLE_QUEUE);
  const toServerManager = createReportQueue(parts, LIFECYCLE_QUEUE);
  const toPerformance = createReportQueue(parts, RESULTS_QUEUE);

  const tellClientManager = (make: (manager: ClientManager) => Report) => {
    if (managers.client !== undefined) toClientManager.add(make(managers.client));
  };
  const tellServerManager = (make: (manager: ServerManager, from: ReportOrigin) => Report) => {
    const from = origin();
    if (managers.server !== undefined && from !== undefined) toServerManager.add(make(managers.server, from));
  };
  const tellPerformance = (make: (service: PerformanceService, from: ReportOrigin) => Report | undefined) => {
    const from = origin();
    if (managers.performance === undefined || from === undefined) return;
    try {
      const report = make(managers.performance, from);
      if (report === undefined)
        parts.logger.info({}, 'no report: the trainer measured no loss or no accuracy');
      else toPerformance.add(report);
    } catch (cause) {
      // A trainer in plain JavaScript may return anything; that is for the session to judge.
      parts.logger.warn({ err: cause }, 'no report: the result cannot be read');
    }
  };

  return {
    started() {
      toClientManager.discard();
      toServerManager.discard();
    },

    fitted(observation) {
      tellPerformance((service, from) => {
        const result = trainResultOf(observation, from);
        return (
          result && resultReport('putTrainResult', (signal) => service.putTrainResult(result, { signal }))
        );
      });
    },

    evaluated(observation) {
      tellPerformance((service, from) => {
        const result = testResultOf(observation, from);
        return result && resultReport('putTestResult', (signal) => service.putTestResult(result, { signal }));
      });
    },

    ended(end, seconds) {
      if (seconds !== null)
        tellPerformance((service, from) => {
          const result = timeResultOf(seconds, from);
          return resultReport('putClientTimeResult', (signal) =>
            service.putClientTimeResult(result, { signal }),
          );
        });
      tellClientManager((manager) => endReport(manager, end));
      tellServerManager((manager, from) => endNotice(manager, from, end));
    },

    async left(withinMs) {
      tellClientManager((manager) => ({
        name: 'getClientOut',
        send: (signal) => manager.getClientOut({ signal }),
        mayRepeat: isPassing,
      }));
      tellServerManager((manager, from) => ({
        name: 'getClientOut (server manager)',
        send: (signal) => manager.getClientOut(noticeOf(from), { signal }),
        mayRepeat: isPassing,
      }));
      await Promise.all(
        [toClientManager, toServerManager, toPerformance].map((queue) => queue.close(withinMs)),
      );
    },
  };
}

/** The performance service inserts a row each time it hears a result. */
function resultReport(name: string, send: Report['send']): Report {
  return { name, send, mayRepeat: isUnheard };
}

/**
 * `trainFin` or `trainFail`. Python's manager closes the whole task at each of them, so that one which may have been
 * heard is sent again only while the manager still takes this client for training.
 */
function endReport(manager: ClientManager, end: RestingState): Report {
  const name = end.phase === 'finished' ? 'getTrainFin' : 'getTrainFail';
  let mayBeHeard = false;
  return {
    name,
    async send(signal) {
      if (mayBeHeard && !(await manager.getInfo({ signal })).client_training) return;
      await manager[name]({ signal });
    },
    mayRepeat(error: FedOpsError) {
      mayBeHeard ||= !isUnheard(error);
      return isPassing(error);
    },
  };
}

function endNotice(manager: ServerManager, from: ReportOrigin, end: RestingState): Report {
  const notice = noticeOf(from);
  if (end.phase === 'finished') {
    return {
      name: 'getTrainFin (server manager)',
      send: (signal) => manager.getTrainFin(notice, { signal }),
      mayRepeat: isPassing,
    };
  }
  const reason =
    end.phase === 'failed'
      ? { code: end.code, message: end.message.slice(0, 2_000) }
      : { code: 'aborted' as const, message: 'the training was stopped' };
  return {
    name: 'getTrainFail (server manager)',
    send: (signal) => manager.getTrainFail({ ...notice, reason }, { signal }),
    mayRepeat: isPassing,
  };
}
