import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type ClientId, DeviceIdSchema, DeviceRegistrationSchema, FedOpsError } from '@fedops/shared-types';
import { createText, readText } from './files.js';
import { jsonObject } from './kept.js';

/** Who this device is: never its MAC, which may change, be shared or be made up. */
export interface DeviceIdentity {
  readonly deviceId: ClientId;
  /** The device's own secret. */
  readonly key: string;
}

const FILE_NAME = 'device-identity.json';
const MAGIC = 'fedops-device-identity';
const VERSION = 1;

/**
 * The identity of this device, made at the first call and kept in the directory (file mode 0600).
 *
 * @param deviceId A configured id, which stands in place of the one that was made; the key is kept all the same.
 * @throws {FedOpsError} `storage` where the file cannot be read or written, or is none of ours; never a new identity
 *   in place of one that is there.
 */
export async function loadDeviceIdentity(directory: string, deviceId?: ClientId): Promise<DeviceIdentity> {
  const path = join(directory, FILE_NAME);
  const kept = (await read(path)) ?? (await make(path));
  return deviceId === undefined ? kept : { ...kept, deviceId };
}

async function make(path: string): Promise<DeviceIdentity> {
  const made = { deviceId: `device-${randomUUID()}`, key: randomBytes(32).toString('base64url') };
  await createText(path, `${JSON.stringify({ magic: MAGIC, version: VERSION, ...made }, null, 2)}\n`);
  const lying = await read(path);
  if (lying === undefined) throw new FedOpsError('storage', `device identity ${path}: it vanished`);
  return lying;
}

async function read(path: string): Promise<DeviceIdentity | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  const content = jsonObject(text);
  const deviceId = DeviceIdSchema.safeParse(content?.deviceId);
  const key = DeviceRegistrationSchema.shape.key.safeParse(content?.key);
  if (content?.magic !== MAGIC || content.version !== VERSION || !deviceId.success || !key.success) {
    throw new FedOpsError(
      'storage',
      `device identity ${path}: expected a FedOps device identity of version ${VERSION}`,
    );
  }
  return { deviceId: deviceId.data, key: key.data };
}
