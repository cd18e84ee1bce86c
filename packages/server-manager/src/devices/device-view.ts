import type { Device } from '@fedops/shared-types';
import type { StoredDevice } from '../store/store.js';
import { presenceOf } from './presence.js';

/** A device as it is shown: without its secrets' hashes, and with whether it is there. */
export function deviceView(device: StoredDevice, leaseMs: number, now: number): Device {
  const { keyHash: _key, tokenHash: _token, onlineSince: _since, leftAt: _left, ...shown } = device;
  return {
    ...shown,
    presence: presenceOf(device, leaseMs, now),
    lastSeen: new Date(device.lastSeen).toISOString(),
    registeredAt: new Date(device.registeredAt).toISOString(),
  } as Device;
}
