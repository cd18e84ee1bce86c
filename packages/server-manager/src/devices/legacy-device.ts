import { FedOpsError, type TaskId } from '@fedops/shared-types';
import type { StoredDevice } from '../store/store.js';

/** What Python's client manager tells of its device by `RegisterFLTask`. */
export interface LegacySighting {
  readonly mac: string;
  readonly name: string | null;
  readonly online: boolean;
  readonly training: boolean;
  /** Undefined where nothing is said of it. */
  readonly clusterId?: number | null | undefined;
}

const PREFIX = 'mac:';

/** The id of a device that has nothing but a MAC; no other device may take such an id. */
export function legacyId(mac: string): string {
  if (mac.length < 1 || mac.length > 190) {
    throw new FedOpsError('invalid-argument', `Device_mac: expected 1 to 190 characters, got ${mac.length}`);
  }
  return `${PREFIX}${mac}`;
}

/** True for ids as {@link legacyId} makes them. */
export function isLegacyId(deviceId: string): boolean {
  return deviceId.startsWith(PREFIX);
}

/** The device as it is known after a sighting. */
export function legacyDevice(
  taskId: TaskId,
  { mac, name, online, training, clusterId }: LegacySighting,
  before: StoredDevice | undefined,
  now: number,
): StoredDevice {
  const idle = online ? ({ kind: 'idle' } as const) : ({ kind: 'no-client' } as const);
  return {
    taskId,
    deviceId: legacyId(mac),
    clientId: null,
    name: name?.slice(0, 300) ?? before?.name ?? null,
    mac,
    origin: 'legacy',
    keyHash: null,
    tokenHash: null,
    clusterId: clusterId === undefined ? (before?.clusterId ?? null) : clusterId,
    activity: training ? { kind: 'training', runId: null, progress: null } : idle,
    registeredAt: before?.registeredAt ?? now,
    lastSeen: before?.lastSeen ?? now,
    onlineSince: before?.onlineSince ?? now,
    leftAt: before?.leftAt ?? null,
  };
}
