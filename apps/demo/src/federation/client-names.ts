import { type ClientId, ClientIdSchema } from '@fedops/shared-types';

/** Who a device of the demo is. */
export interface ClientName {
  /** From 0: which share of the images is its own. */
  readonly index: number;
  readonly clientId: ClientId;
  /** A locally administered address that no device has. */
  readonly clientMac: string;
}

/** So many devices, the same each time, in the order of their ids. */
export function clientNames(count: number): readonly ClientName[] {
  const digits = String(count).length;
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    return {
      index,
      clientId: ClientIdSchema.parse(`client-${String(number).padStart(digits, '0')}`),
      clientMac: `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`,
    };
  });
}
