import type { Device } from '@fedops/shared-types';
import type { StoredDevice } from '../store/store.js';

/** Whether a device is online, stale or offline, and since when. */
export type Presence = Device['presence'];

/** After so many leases without a sign of life a device is no longer stale but offline. */
const LEASES_UNTIL_OFFLINE = 3;

/**
 * Whether a device is there: online within its lease, then stale, offline after three leases, or at once where it
 * left. All by the manager's own clock, so that a device's may be wrong.
 */
export function presenceOf(
  { lastSeen, onlineSince, leftAt }: Pick<StoredDevice, 'lastSeen' | 'onlineSince' | 'leftAt'>,
  leaseMs: number,
  now: number,
): Presence {
  if (leftAt !== null) return { state: 'offline', since: iso(leftAt), left: true };
  const silentFor = now - lastSeen;
  if (silentFor <= leaseMs) return { state: 'online', since: iso(onlineSince), left: false };
  const offlineAfter = LEASES_UNTIL_OFFLINE * leaseMs;
  return silentFor <= offlineAfter
    ? { state: 'stale', since: iso(lastSeen + leaseMs), left: false }
    : { state: 'offline', since: iso(lastSeen + offlineAfter), left: false };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
