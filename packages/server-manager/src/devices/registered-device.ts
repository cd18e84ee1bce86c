import { assertSameSignature } from '@fedops/parameters';
import {
  type DeviceRegistration,
  DeviceRegistrationSchema,
  FedOpsError,
  PROTOCOL_VERSION,
  parseWith,
} from '@fedops/shared-types';
import type { z } from 'zod';
import { assertAddressable } from '../addressable.js';
import { hashOf } from '../secrets.js';
import type { StoredDevice, StoredTask } from '../store/store.js';
import { isLegacyId } from './legacy-device.js';

/** A registration with its defaults filled in. */
export type ReadRegistration = z.output<typeof DeviceRegistrationSchema>;

/**
 * A registration for a task, read and checked.
 *
 * @throws {FedOpsError} `invalid-argument`; `unsupported` for another protocol version; `shape-mismatch` where the
 *   device's model is not the task's.
 */
export function readRegistration(
  { signature: expected }: Pick<StoredTask, 'signature'>,
  given: DeviceRegistration,
): ReadRegistration {
  const registration = parseWith(DeviceRegistrationSchema, given, 'registration of a device');
  const { protocolVersion, deviceId, signature } = registration;
  if (protocolVersion !== PROTOCOL_VERSION) {
    throw new FedOpsError(
      'unsupported',
      `expected protocol version ${PROTOCOL_VERSION}, got ${protocolVersion}`,
    );
  }
  assertAddressable('deviceId', deviceId);
  if (isLegacyId(deviceId)) {
    throw new FedOpsError(
      'invalid-argument',
      "deviceId: names that begin with mac: are for Python's devices",
    );
  }
  if (signature !== undefined && expected !== null) assertSameSignature(signature, expected);
  return registration;
}

/**
 * A device that comes, or comes back.
 *
 * @param token Which it is given; an earlier one ends.
 * @throws {FedOpsError} `conflict` for a known device with another key.
 */
export function registeredDevice(
  { deviceId, clientId, name, mac, key }: ReadRegistration,
  before: StoredDevice | undefined,
  {
    taskId,
    token,
    now,
  }: { readonly taskId: StoredTask['taskId']; readonly token: string; readonly now: number },
): StoredDevice {
  const keyHash = hashOf(key);
  if (before !== undefined && before.keyHash !== keyHash) {
    throw new FedOpsError(
      'conflict',
      `device ${deviceId} of task ${taskId} has another key; where it is yours, remove the old one first`,
    );
  }
  const known = before ?? {
    origin: 'v1',
    clusterId: null,
    activity: { kind: 'no-client' },
    registeredAt: now,
    onlineSince: now,
    lastSeen: now,
    leftAt: null,
  };
  return { ...known, taskId, deviceId, clientId, name, mac, keyHash, tokenHash: hashOf(token) };
}
