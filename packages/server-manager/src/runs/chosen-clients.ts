import {
  type ClientId,
  ClientIdSchema,
  FedOpsError,
  type RunClients,
  type TaskId,
} from '@fedops/shared-types';
import { isLegacyId } from '../devices/legacy-device.js';
import type { StoredDevice } from '../store/store.js';

type Named = Pick<StoredDevice, 'deviceId' | 'clientId'>;

/** A bad list of a thousand devices shall not make a message of as many. */
const MOST_NAMED = 20;

/** Under which id the device's client takes part. */
export function clientIdOf({ deviceId, clientId }: Named): ClientId {
  return ClientIdSchema.parse(clientId ?? deviceId);
}

/** True where a run of these clients is for the device too. */
export function isChosen(clients: RunClients, device: Named): boolean {
  return clients.kind === 'any' || clients.ids.includes(clientIdOf(device));
}

/** True for a device that is listed by its own id or by that of its client, or where every one may take part. */
export function isListed(clients: RunClients, device: Named): boolean {
  if (clients.kind === 'any') return true;
  return [device.deviceId, device.clientId].some((id) => clients.ids.some((listed) => listed === id));
}

/**
 * Who may take part, as the FL server knows them: a device may be listed by its own id or by that of its client.
 *
 * @param devices Of the task.
 * @throws {FedOpsError} `not-found` where a device is not known; `unsupported` for a device of Python's client
 *   manager, whose client brings no name; `invalid-argument` where two listed devices have one client.
 */
export function chosenClients(taskId: TaskId, clients: RunClients, devices: readonly Named[]): RunClients {
  if (clients.kind === 'any') return clients;
  const byDevice = new Map(devices.map((device) => [device.deviceId as string, device]));
  const byClient = new Map(devices.map((device) => [clientIdOf(device) as string, device]));
  const found = clients.ids.map((id) => byDevice.get(id) ?? byClient.get(id));
  const unknown = clients.ids.filter((_, i) => found[i] === undefined);
  if (unknown.length > 0) {
    throw new FedOpsError('not-found', `task ${taskId} has no device ${listed(unknown)}`, {
      details: { unknown: unknown.slice(0, MOST_NAMED) },
    });
  }
  const chosen = found.filter((device) => device !== undefined);
  assertNameable(chosen);
  const ids = chosen.map(clientIdOf);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) {
    throw new FedOpsError('invalid-argument', `two of the listed devices have the client ${twice}`);
  }
  return { kind: 'listed', ids };
}

/**
 * The clients of the devices with these MACs, as Python's dashboard chooses them.
 *
 * @throws {FedOpsError} `not-found` for a MAC that no device has; `unsupported` where only Python's client manager
 *   told of it.
 */
export function clientsWithMacs(
  taskId: TaskId,
  macs: readonly string[],
  devices: readonly (Named & Pick<StoredDevice, 'mac'>)[],
): ClientId[] {
  const unknown = macs.filter((mac) => !devices.some((device) => device.mac === mac));
  if (unknown.length > 0) {
    throw new FedOpsError('not-found', `task ${taskId} has no device with the MAC ${listed(unknown)}`);
  }
  const chosen = macs.flatMap((mac) => {
    const ofMac = devices.filter((device) => device.mac === mac);
    const nameable = ofMac.filter(({ deviceId }) => !isLegacyId(deviceId));
    return nameable.length > 0 ? nameable : ofMac;
  });
  assertNameable(chosen);
  return [...new Set(chosen.map(clientIdOf))];
}

function assertNameable(devices: readonly Named[]): void {
  const nameless = devices.map(({ deviceId }) => deviceId).filter(isLegacyId);
  if (nameless.length === 0) return;
  throw new FedOpsError(
    'unsupported',
    `${listed(nameless)}: known by the routes of Python's managers alone, which do not say under which id the client takes part`,
  );
}

function listed(ids: readonly string[]): string {
  const more = ids.length - MOST_NAMED;
  return `${ids.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
