import type { ClientId } from '@fedops/shared-types';
import type { DeviceSeen } from '../federation/device-seen.js';

/** Lines for what is new of a device since its manager was last heard. */
export function deviceLines(
  clientId: ClientId,
  now: DeviceSeen,
  before: DeviceSeen | undefined,
): readonly string[] {
  const isNew = (test: (device: DeviceSeen) => boolean) =>
    test(now) && !(before !== undefined && test(before));
  return [
    ...(isNew(({ isRegistered }) => isRegistered) ? [`${clientId} is registered at the server manager`] : []),
    ...(isNew(isSilent) ? [`${clientId}'s manager hears nothing of its client app any more`] : []),
  ];
}

function isSilent({ phase, reason }: DeviceSeen): boolean {
  return phase === 'training' && reason === 'client-silent';
}
