import type { Clock } from '@fedops/client-session';
import type { Logger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';

/** Something that a service shall be told. */
export interface Report {
  /** For the log. */
  readonly name: string;
  send(signal: AbortSignal): Promise<unknown>;
  /** Whether it may be sent again after this error. */
  mayRepeat(error: FedOpsError): boolean;
}

/** Delivers reports to one service, in order and in the background: nobody waits for it, nothing fails with it. */
export interface ReportQueue {
  /** Where the queue is full, the oldest report that waits gives way. */
  add(report: Report): void;
  /** Forgets all that is not delivered yet. */
  discard(): void;
  /** Tries everything once more, at most so many milliseconds long, then lets go. Never throws; safe to call twice. */
  close(withinMs: number): Promise<void>;
}

export interface ReportQueueParts {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly logger: Logger;
}

/** How many reports wait at the most, and for how long. */
export interface ReportQueueSettings {
  readonly capacity: number;
  /** A report that cannot be delivered is dropped after so long. */
  readonly retryForMs: number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** The pause after attempt n ≥ 1: exponential, with full jitter. */
export function pauseAfter(attempt: number, random: () => number): number {
  return random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
}

export function createReportQueue(parts: ReportQueueParts, settings: ReportQueueSettings): ReportQueue {
  const { clock, random, logger } = parts;
  const waiting: Report[] = [];
  const hurry = new AbortController();
  let current: AbortController | undefined;
  let closed: Promise<void> | undefined;
  let done: () => void = () => {};

  const drop = (report: Report, why: object) =>
    logger.warn({ report: report.name, ...why }, 'a report was dropped');

  async function deliver(report: Report, signal: AbortSignal): Promise<void> {
    const deadline = clock.now() + settings.retryForMs;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await report.send(signal);
        return;
      } catch (cause) {
        const error = FedOpsError.from(cause);
        if (signal.aborted) return;
        if (error.code === 'unsupported') {
          logger.info({ report: report.name }, 'the service does not take this report');
          return;
        }
        const pause = pauseAfter(attempt, random);
        const isLast = hurry.signal.aborted || clock.now() + pause > deadline;
        if (isLast || !report.mayRepeat(error)) return drop(report, { err: error, attempt });
        await clock.sleep(pause, AbortSignal.any([hurry.signal, signal])).catch(() => undefined);
      }
    }
  }

  async function deliverAll(): Promise<void> {
    for (let report = waiting.shift(); report !== undefined; report = waiting.shift()) {
      current = new AbortController();
      await deliver(report, current.signal);
    }
    current = undefined;
    done();
  }

  async function end(withinMs: number): Promise<void> {
    hurry.abort();
    if (current === undefined) return;
    const emptied = new Promise<void>((resolve) => {
      done = resolve;
    });
    const inTime = new AbortController();
    await Promise.race([emptied, clock.sleep(withinMs, inTime.signal).catch(() => undefined)]);
    inTime.abort();
    for (const report of waiting.splice(0)) drop(report, { reason: 'closing' });
    current?.abort();
  }

  return {
    add(report) {
      if (closed !== undefined) return drop(report, { reason: 'closed' });
      if (waiting.length >= settings.capacity) drop(waiting.shift() as Report, { reason: 'full' });
      waiting.push(report);
      if (current === undefined) void deliverAll();
    },
    discard() {
      waiting.length = 0;
      current?.abort();
    },
    close(withinMs) {
      closed ??= end(withinMs);
      return closed;
    },
  };
}
