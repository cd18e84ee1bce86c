import type { Logger } from '@fedops/http-service';
import type { Clock, Timer } from '@fedops/server';
import type { DeviceRows, StoredDevice } from '../store/store.js';

/** Keeps signs of life, many together: a heartbeat each is more than a disk wants to hear of. */
export interface LifeKeeper {
  /** A device whose life has changed, in place of what was known of it before. */
  note(device: StoredDevice, before?: StoredDevice): void;
  drop(device: StoredDevice): void;
  /** Keeps what there is, and stops. */
  close(): Promise<void>;
}

export interface LifeKeeperParts {
  readonly rows: Pick<DeviceRows, 'touch'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const KEEP_EVERY_MS = 5_000;

/**
 * @param isCurrent Whether this is what is known of the device now.
 * @throws {FedOpsError} `storage`
 */
export async function startLifeKeeper(
  { rows, clock, logger }: LifeKeeperParts,
  isCurrent: (device: StoredDevice) => boolean,
): Promise<LifeKeeper> {
  const unsaved = new Set<StoredDevice>();
  let timer: Timer | undefined;
  let keeping: Promise<void> = Promise.resolve();

  async function keep(): Promise<void> {
    const lives = [...unsaved].filter(isCurrent);
    unsaved.clear();
    try {
      await rows.touch(lives, clock.now());
    } catch (error) {
      for (const life of lives.filter(isCurrent)) unsaved.add(life);
      logger.warn({ err: error, devices: lives.length }, 'signs of life could not be kept; will try again');
    }
  }

  function keepLater(): void {
    timer = clock.after(KEEP_EVERY_MS, () => {
      keeping = keep().then(keepLater);
    });
  }
  await rows.touch([], clock.now());
  keepLater();

  return {
    note(device, before) {
      if (before !== undefined) unsaved.delete(before);
      unsaved.add(device);
    },
    drop: (device) => void unsaved.delete(device),
    async close() {
      timer?.cancel();
      await keeping;
      timer?.cancel();
      await keep();
    },
  };
}
