import type { FurtherDoor } from '@fedops/server';
import { exportedFunction } from './exported-function.js';

/** Where an FL server opens its door for Flower's clients. */
export interface FlowerPlace {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly insecure: boolean;
  /** Certificate and key of the FL server's HTTP door, in PEM; absent where that has none. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** What the module named by `servers.flower.module` exports as `flowerDoor`, as `@fedops/flower-door` does. */
export type FlowerDoorOf = (place: FlowerPlace) => FurtherDoor;

/**
 * The door that a module makes.
 *
 * @throws {FedOpsError} `invalid-argument` for a module that cannot be loaded or exports no `flowerDoor`; what that
 *   throws.
 */
export async function flowerDoorOf(moduleUrl: string, place: FlowerPlace): Promise<FurtherDoor> {
  const flowerDoor = await exportedFunction<FlowerDoorOf>(moduleUrl, 'flowerDoor');
  return flowerDoor(place);
}
