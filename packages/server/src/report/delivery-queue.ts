import type { Logger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';

/** One call to make. */
export interface Delivery {
  /** For the log. */
  readonly name: string;
  deliver(): Promise<unknown>;
  /** Whether to try again after this error: what a service counts each time it hears it must not be said twice. */
  isRepeatable(error: unknown): boolean;
}

/** Makes calls one after another in the background, and again where they fail. */
export interface DeliveryQueue {
  /** Returns at once; never throws. */
  add(delivery: Delivery): void;
  /** Resolves when nothing is left to deliver; what is left after `withinMs` is given up. */
  close(withinMs: number): Promise<void>;
}

/** How often an undeliverable call is made before it is given up. */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 1_000;
/** Beyond it the newest is dropped, with a line in the log. */
const QUEUE_LIMIT = 1_000;

export function createDeliveryQueue({
  clock,
  logger,
}: {
  readonly clock: Clock;
  readonly logger: Logger;
}): DeliveryQueue {
  const queue: Delivery[] = [];
  let working: Promise<void> | undefined;
  let isGivenUp = false;
  let endPause = () => {};

  async function deliverAll(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await deliver(next);
    working = undefined;
  }

  async function deliver(delivery: Delivery): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await delivery.deliver();
        return;
      } catch (error) {
        const { code, message } = FedOpsError.from(error);
        if (attempt === ATTEMPTS || isGivenUp || !delivery.isRepeatable(error)) {
          logger.warn({ code, report: delivery.name }, `a report was not delivered: ${message}`);
          return;
        }
        await pause(FIRST_WAIT_MS * 2 ** (attempt - 1));
      }
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.after(ms, resolve);
      endPause = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  return {
    add(delivery) {
      if (queue.length >= QUEUE_LIMIT) {
        logger.warn({ report: delivery.name }, 'too many reports wait to be delivered; this one is dropped');
        return;
      }
      queue.push(delivery);
      working ??= deliverAll();
    },
    async close(withinMs) {
      if (working === undefined) return;
      let giveUp = () => {};
      const late = new Promise<void>((resolve) => {
        const timer = clock.after(withinMs, resolve);
        giveUp = () => timer.cancel();
      });
      await Promise.race([working, late]);
      giveUp();
      if (working !== undefined) {
        const reports = queue.length + 1;
        logger.warn({ reports }, `${reports} of the last reports were given up after ${withinMs} ms`);
      }
      isGivenUp = true;
      queue.length = 0;
      endPause();
    },
  };
}
