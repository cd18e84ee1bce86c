import type { ServerManagerSettings } from '@fedops/server-manager';
import { FedOpsError } from '@fedops/shared-types';
import { given } from '../../service/given.js';
import { readPorts } from './manager-settings.js';

/** What `fedops manager` is told of a door for Python's clients. */
export interface ToldFlower {
  readonly flower: boolean | undefined;
  readonly flowerPorts: string | undefined;
}

type Flower = NonNullable<NonNullable<ServerManagerSettings['servers']>['flower']>;

/**
 * The manager's setting for the door; undefined where none was asked for.
 *
 * @param module URL of the module that makes it.
 * @throws {FedOpsError} `invalid-argument` for ports of a door that was not asked for.
 */
export function flowerOf({ flower, flowerPorts }: ToldFlower, module: string): Flower | undefined {
  if (flower === true) {
    return given({ module, ports: flowerPorts === undefined ? undefined : readPorts(flowerPorts) });
  }
  if (flowerPorts === undefined) return undefined;
  throw new FedOpsError('invalid-argument', '--flower-ports needs --flower');
}
