import type { DeviceActivity } from '@fedops/shared-types';
import type { StoredDevice } from '../store/store.js';
import { presenceOf } from './presence.js';

/** The device with a sign of life: since when it is online depends on whether it was. */
export function alive(
  device: StoredDevice,
  activity: DeviceActivity,
  { now, leaseMs }: { readonly now: number; readonly leaseMs: number },
): StoredDevice {
  const isThere = presenceOf(device, leaseMs, now).state === 'online';
  return {
    ...device,
    activity,
    lastSeen: now,
    leftAt: null,
    onlineSince: isThere ? device.onlineSince : now,
  };
}

/** The device as it is now, with the life of another state of it that is younger. */
export function withLifeOf(device: StoredDevice, younger: StoredDevice): StoredDevice {
  const { activity, lastSeen, leftAt, onlineSince } = younger;
  return { ...device, activity, lastSeen, leftAt, onlineSince };
}

/** The device by a clock that was set by so much. */
export function moved(device: StoredDevice, ms: number): StoredDevice {
  const { lastSeen, onlineSince, leftAt } = device;
  return {
    ...device,
    lastSeen: lastSeen + ms,
    onlineSince: onlineSince + ms,
    leftAt: leftAt === null ? null : leftAt + ms,
  };
}

/**
 * The devices as a manager finds them that comes back: while it was away nobody could give it a sign of life, and that
 * time does not count against a device.
 *
 * @param aliveAt When it was last there; null where it never was.
 */
export function afterAbsence(
  devices: readonly StoredDevice[],
  aliveAt: number | null,
  now: number,
): StoredDevice[] {
  const absence = aliveAt === null ? 0 : Math.max(0, now - aliveAt);
  return devices.map((device) => ({ ...device, lastSeen: Math.min(now, device.lastSeen + absence) }));
}
