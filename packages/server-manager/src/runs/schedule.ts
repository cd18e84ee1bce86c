import { FedOpsError, type Trigger } from '@fedops/shared-types';
import { Cron } from 'croner';

/** A trigger by a time of day. */
export type CronTrigger = Extract<Trigger, { kind: 'cron' }>;

/** @throws {FedOpsError} `invalid-argument` for a cron expression or a time zone that cannot be read. */
export function assertSchedule(trigger: Trigger): void {
  if (trigger.kind === 'cron') nextTime(trigger, Date.now());
}

/** When the schedule says so next, after `now`; milliseconds since the epoch; undefined where it never does again. */
function nextTime({ expression, timeZone }: CronTrigger, now: number): number | undefined {
  try {
    return new Cron(expression, { timezone: timeZone, paused: true }).nextRun(new Date(now))?.getTime();
  } catch (cause) {
    const problem = FedOpsError.from(cause).message;
    throw new FedOpsError(
      'invalid-argument',
      `trigger: expected a cron expression and a time zone: ${problem}`,
      {
        cause,
      },
    );
  }
}

/** As `nextTime`, but not `last` once more, which comes again where the clock was set back. */
export function timeAfter(trigger: CronTrigger, now: number, last: number | undefined): number | undefined {
  const next = nextTime(trigger, now);
  return next !== undefined && next === last ? nextTime(trigger, next) : next;
}
