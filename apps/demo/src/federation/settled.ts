import type { DemoState } from './demo-state.js';
import { type DeviceSeen, isFree } from './device-seen.js';

/**
 * True once every device's manager is done with a run that is over: it knows the run's end, or, where its client app is
 * gone, has told how the device's part ended; or it had no part.
 */
export function areAllSettled({ clients, devices, lost }: DemoState, runId: string): boolean {
  return clients.every((clientId) => {
    const device = devices.get(clientId);
    return device !== undefined && isSettled(device, runId, lost.has(clientId));
  });
}

function isSettled(device: DeviceSeen, runId: string, isLost: boolean): boolean {
  const { last } = device;
  if (last?.runId !== runId) return isFree(device);
  return isLost ? last.end !== null : last.isRunOver && isFree(device);
}
