import type { Logger } from '@fedops/http-service';
import type { Clock, Timer } from '@fedops/server';
import type { RunId } from '@fedops/shared-types';
import type { Launcher } from '../launcher/launcher.js';
import { isOver } from '../runs/run-state.js';
import type { MetricRows, RunRows } from '../store/store.js';

export interface SweeperParts {
  readonly metrics: Pick<MetricRows, 'removeBefore'>;
  readonly runs: Pick<RunRows, 'list'>;
  readonly launcher: Pick<Launcher, 'forget'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Ages in milliseconds at which something goes; null where it never does. */
export interface Retention {
  readonly metricsMs: number | null;
  readonly logsMs: number | null;
}

/** Throws away what is older than it is to be kept, every hour. */
export interface Sweeper {
  /** Resolves when it is at nothing any more. */
  close(): Promise<void>;
}

const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 3_600_000;
/** So few at a time that requests are heard in between. */
const ROWS_AT_A_TIME = 1_000;
const RUNS_AT_A_TIME = 200;

export function startSweeper(
  { metrics, runs, launcher, clock, logger }: SweeperParts,
  { metricsMs, logsMs }: Retention,
): Sweeper {
  let timer: Timer | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  let isClosed = false;
  const forgotten = new Set<RunId>();

  const before = (ageMs: number) => new Date(clock.now() - ageMs).toISOString();

  async function sweepMetrics(ageMs: number): Promise<void> {
    const at = before(ageMs);
    while (!isClosed && (await metrics.removeBefore(at, ROWS_AT_A_TIME)) === ROWS_AT_A_TIME);
  }

  async function sweepLogs(ageMs: number): Promise<void> {
    const at = before(ageMs);
    let last: RunId | undefined;
    while (!isClosed) {
      const page = await runs.list({ limit: RUNS_AT_A_TIME, ...(last !== undefined && { before: last }) });
      for (const run of page) {
        if (!isOver(run) || run.state.since >= at || forgotten.has(run.runId)) continue;
        await launcher.forget(run);
        forgotten.add(run.runId);
      }
      last = page.at(-1)?.runId;
      if (page.length < RUNS_AT_A_TIME) return;
    }
  }

  async function sweep(): Promise<void> {
    try {
      if (metricsMs !== null) await sweepMetrics(metricsMs);
      if (logsMs !== null) await sweepLogs(logsMs);
    } catch (error) {
      logger.warn({ err: error }, 'what is too old could not be thrown away; will try again');
    }
  }

  function sweepLater(ms: number): void {
    timer = clock.after(ms, () => {
      sweeping = sweep().then(() => {
        if (!isClosed) sweepLater(EVERY_MS);
      });
    });
  }
  sweepLater(FIRST_AFTER_MS);

  return {
    async close() {
      isClosed = true;
      timer?.cancel();
      await sweeping;
    },
  };
}
