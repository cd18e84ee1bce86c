import type { ClientId } from '@fedops/shared-types';
import { type CountedCall, type DeviceView, NO_CALLS, type SessionSeen } from './device-view.js';

/** The clients that a manager looks after: the one place where what is known of them changes. */
export interface DeviceList {
  has(clientId: string): boolean;
  add(clientId: ClientId): void;
  count(clientId: string, call: CountedCall): void;
  /** The client answered. */
  seen(clientId: string, session: SessionSeen): void;
  /** It did not answer, or refused. */
  missed(clientId: string, problem: string): void;
  views(): readonly DeviceView[];
}

/** @param onChange Called after every change. */
export function createDeviceList(onChange: () => void): DeviceList {
  const devices = new Map<string, DeviceView>();

  function change(clientId: string, make: (device: DeviceView) => DeviceView): void {
    const device = devices.get(clientId);
    if (device === undefined) return;
    devices.set(clientId, make(device));
    onChange();
  }

  return {
    has: (clientId) => devices.has(clientId),
    add(clientId) {
      if (devices.has(clientId)) return;
      devices.set(clientId, { clientId, session: null, problem: null, calls: NO_CALLS });
      onChange();
    },
    count: (clientId, call) =>
      change(clientId, (device) => ({
        ...device,
        calls: { ...device.calls, [call]: device.calls[call] + 1 },
      })),
    seen: (clientId, session) => change(clientId, (device) => ({ ...device, session, problem: null })),
    missed: (clientId, problem) => change(clientId, (device) => ({ ...device, session: null, problem })),
    views: () => [...devices.values()],
  };
}
