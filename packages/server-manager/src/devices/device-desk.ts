import type { Logger } from '@fedops/http-service';
import { assertSameSignature } from '@fedops/parameters';
import type { Clock, Timer } from '@fedops/server';
import {
  type Device,
  type DeviceActivity,
  type DeviceRegistration,
  type DeviceRegistrationAnswer,
  DeviceRegistrationSchema,
  FedOpsError,
  PROTOCOL_VERSION,
  parseWith,
  type TaskId,
} from '@fedops/shared-types';
import { oneAtATimePerKey } from '../one-at-a-time.js';
import { hashOf, newToken } from '../secrets.js';
import type { DeviceRows, StoredDevice, StoredTask } from '../store/store.js';
import type { Topic } from '../topic.js';
import { createDeviceMemory } from './device-memory.js';
import { isLegacyId, type LegacySighting, legacyDevice, legacyId } from './legacy-device.js';
import { presenceOf } from './presence.js';
import { type ElapsedTime, watchForJumps } from './steady-time.js';

/** The devices of all tasks: who they are, whether they are there, what they are at. */
export interface DeviceDesk {
  /**
   * Takes a device in, or back: the same key gives it a new token and ends the old one.
   *
   * @throws {FedOpsError} `conflict` for a known device with another key; `shape-mismatch` where its model is not the
   *   task's; `unsupported` for another protocol version; `overloaded`, `invalid-argument`, `storage`.
   */
  register(task: StoredTask, registration: DeviceRegistration): Promise<DeviceRegistrationAnswer>;
  /** Takes note of a device that Python's client manager tells of: all that it has is a MAC. */
  sight(taskId: TaskId, sighting: LegacySighting): Promise<StoredDevice>;
  /** @throws {FedOpsError} `unauthenticated` for no token or a wrong one, `not-found` for a device that is not known. */
  authenticate(taskId: TaskId, deviceId: string, token: string | undefined): StoredDevice;
  /** True where one of the task's devices holds this token. */
  holdsToken(taskId: TaskId, token: string): boolean;
  /** Renews a device's lease. @throws {FedOpsError} `not-found` */
  seen(taskId: TaskId, deviceId: string, activity?: DeviceActivity): void;
  /** Ends a device's lease at once. @throws {FedOpsError} `not-found` */
  leave(taskId: TaskId, deviceId: string): void;
  /** Puts the devices of a MAC into a cluster, or with null into none. Returns how many there were. */
  assignCluster(taskId: TaskId, mac: string, clusterId: number | null): Promise<number>;
  /** @throws {FedOpsError} `not-found` */
  forget(taskId: TaskId, deviceId: string): Promise<void>;
  forgetTask(taskId: TaskId): void;
  /** @throws {FedOpsError} `not-found` */
  get(taskId: TaskId, deviceId: string): StoredDevice;
  list(taskId?: TaskId): readonly StoredDevice[];
  view(device: StoredDevice): Device;
  /** Online, with a client that could begin. */
  isReady(device: StoredDevice): boolean;
  /** Keeps all signs of life and stops. */
  close(): Promise<void>;
}

export interface DeviceDeskParts {
  readonly rows: DeviceRows;
  readonly clock: Clock & ElapsedTime;
  readonly logger: Logger;
  /** Told of each task one of whose devices may have become ready. */
  readonly becameReady: Topic<TaskId>;
}

export interface DeviceDeskSettings {
  readonly leaseMs: number;
  readonly maxDevices: number;
}

/** Signs of life are kept together, so often: a heartbeat each is more than a disk wants to hear of. */
const KEEP_EVERY_MS = 5_000;

export async function openDeviceDesk(
  { rows, clock, logger, becameReady }: DeviceDeskParts,
  { leaseMs, maxDevices }: DeviceDeskSettings,
): Promise<DeviceDesk> {
  const loaded = await rows.load();
  const memory = createDeviceMemory(afterAbsence(loaded.devices, loaded.aliveAt, clock.now()));
  const jumps = watchForJumps(clock, clock);
  const unsaved = new Set<StoredDevice>();
  const queue = oneAtATimePerKey();
  let timer: Timer | undefined;
  let keeping: Promise<void> = Promise.resolve();

  /** Where the clock was set: what was written down by the old time is restated in the new one. */
  function heedJump(): void {
    const jump = jumps.jumpMs();
    if (jump === 0) return;
    logger.warn({ jumpMs: jump }, 'the clock was set');
    for (const device of [...memory.all()]) {
      const restated = moved(device, jump);
      memory.set(restated);
      unsaved.delete(device);
      unsaved.add(restated);
    }
  }

  /** Among changes of one device's identity. */
  const inOrder = <T>(taskId: TaskId, deviceId: string, work: () => Promise<T>) =>
    queue(JSON.stringify([taskId, deviceId]), work);

  function get(taskId: TaskId, deviceId: string): StoredDevice {
    heedJump();
    const device = memory.get(taskId, deviceId);
    if (device === undefined) throw new FedOpsError('not-found', `task ${taskId} has no device ${deviceId}`);
    return device;
  }

  function isReady(device: StoredDevice): boolean {
    return device.activity.kind === 'idle' && presenceOf(device, leaseMs, clock.now()).state === 'online';
  }

  function hold(device: StoredDevice, before: StoredDevice | undefined): void {
    const wasReady = before !== undefined && isReady(before);
    if (before !== undefined) unsaved.delete(before);
    memory.set(device);
    if (!wasReady && isReady(device)) becameReady.publish(device.taskId);
  }

  /** The device with a sign of life: since when it is online depends on whether it was. */
  function alive(device: StoredDevice, activity: DeviceActivity): StoredDevice {
    const now = clock.now();
    const isThere = presenceOf(device, leaseMs, now).state === 'online';
    return {
      ...device,
      activity,
      lastSeen: now,
      leftAt: null,
      onlineSince: isThere ? device.onlineSince : now,
    };
  }

  function change(before: StoredDevice, after: StoredDevice): void {
    hold(after, before);
    unsaved.add(after);
  }

  async function put(device: StoredDevice, before: StoredDevice | undefined): Promise<void> {
    if (before === undefined && memory.size() >= maxDevices) {
      throw new FedOpsError('overloaded', `the manager keeps at most ${maxDevices} devices`);
    }
    await rows.put(device);
    hold(device, before);
  }

  async function keep(): Promise<void> {
    heedJump();
    const isCurrent = (life: StoredDevice) => memory.get(life.taskId, life.deviceId) === life;
    const lives = [...unsaved].filter(isCurrent);
    unsaved.clear();
    try {
      await rows.touch(lives, clock.now());
    } catch (error) {
      for (const life of lives.filter(isCurrent)) unsaved.add(life);
      logger.warn({ err: error, devices: lives.length }, 'signs of life could not be kept; will try again');
    }
  }

  function keepLater(): void {
    timer = clock.after(KEEP_EVERY_MS, () => {
      keeping = keep().then(keepLater);
    });
  }
  await rows.touch([], clock.now());
  keepLater();

  return {
    get,
    isReady,

    register(task, given) {
      const registration = parseWith(DeviceRegistrationSchema, given, 'registration of a device');
      const { protocolVersion, deviceId, key, name, mac, clientId, signature } = registration;
      if (protocolVersion !== PROTOCOL_VERSION) {
        throw new FedOpsError(
          'unsupported',
          `expected protocol version ${PROTOCOL_VERSION}, got ${protocolVersion}`,
        );
      }
      if (isLegacyId(deviceId)) {
        throw new FedOpsError(
          'invalid-argument',
          "deviceId: names that begin with mac: are for Python's devices",
        );
      }
      if (signature !== undefined && task.signature !== null) assertSameSignature(signature, task.signature);
      const { taskId } = task;
      return inOrder(taskId, deviceId, async () => {
        heedJump();
        const before = memory.get(taskId, deviceId);
        const keyHash = hashOf(key);
        if (before !== undefined && before.keyHash !== keyHash) {
          throw new FedOpsError(
            'conflict',
            `device ${deviceId} of task ${taskId} has another key; where it is yours, remove the old one first`,
          );
        }
        const token = newToken();
        const now = clock.now();
        const identity = { taskId, deviceId, clientId, name, mac, keyHash, tokenHash: hashOf(token) };
        const known = before ?? {
          origin: 'v1' as const,
          clusterId: null,
          activity: { kind: 'no-client' as const },
          registeredAt: now,
          onlineSince: now,
          lastSeen: now,
          leftAt: null,
        };
        const device = { ...known, ...identity };
        await put(alive(device, device.activity), before);
        return {
          protocolVersion: PROTOCOL_VERSION,
          taskId,
          deviceId,
          token,
          leaseMs,
          signatureDigest: task.initialModel?.signatureDigest ?? null,
        };
      });
    },

    sight: (taskId, sighting) =>
      inOrder(taskId, legacyId(sighting.mac), async () => {
        heedJump();
        const before = memory.get(taskId, legacyId(sighting.mac));
        const device = legacyDevice(taskId, sighting, before, clock.now());
        const after = alive(device, device.activity);
        await put(after, before);
        return after;
      }),

    authenticate(taskId, deviceId, token) {
      const device = memory.get(taskId, deviceId);
      if (device === undefined && token === undefined) throw unauthenticated();
      const known = get(taskId, deviceId);
      if (token === undefined || known.tokenHash !== hashOf(token)) throw unauthenticated();
      return known;
    },

    holdsToken: (taskId, token) => memory.holder(hashOf(token))?.taskId === taskId,

    seen(taskId, deviceId, activity) {
      const before = get(taskId, deviceId);
      change(before, alive(before, activity ?? before.activity));
    },

    leave(taskId, deviceId) {
      const before = get(taskId, deviceId);
      if (before.leftAt !== null) return;
      change(before, { ...before, leftAt: clock.now(), activity: { kind: 'no-client' } });
    },

    async assignCluster(taskId, mac, clusterId) {
      const named = [...memory.of(taskId)].filter((device) => device.mac === mac);
      const assign = async (deviceId: string) => {
        const before = get(taskId, deviceId);
        await put({ ...before, clusterId }, before);
      };
      for (const { deviceId } of named) await inOrder(taskId, deviceId, () => assign(deviceId));
      return named.length;
    },

    forget: (taskId, deviceId) =>
      inOrder(taskId, deviceId, async () => {
        const device = get(taskId, deviceId);
        await rows.remove(taskId, deviceId);
        memory.delete(taskId, deviceId);
        unsaved.delete(device);
      }),

    forgetTask(taskId) {
      for (const device of memory.of(taskId)) unsaved.delete(device);
      memory.deleteTask(taskId);
    },

    list(taskId) {
      heedJump();
      return [...(taskId === undefined ? memory.all() : memory.of(taskId))];
    },

    view({ keyHash: _key, tokenHash: _token, lastSeen, onlineSince, leftAt, registeredAt, ...shown }) {
      return {
        ...shown,
        presence: presenceOf({ lastSeen, onlineSince, leftAt }, leaseMs, clock.now()),
        lastSeen: new Date(lastSeen).toISOString(),
        registeredAt: new Date(registeredAt).toISOString(),
      } as Device;
    },

    async close() {
      timer?.cancel();
      await keeping;
      timer?.cancel();
      await keep();
    },
  };
}

/** While the manager was away nobody could give it a sign of life: that time does not count against a device. */
function afterAbsence(devices: readonly StoredDevice[], aliveAt: number | null, now: number): StoredDevice[] {
  const absence = aliveAt === null ? 0 : Math.max(0, now - aliveAt);
  return devices.map((device) => ({ ...device, lastSeen: Math.min(now, device.lastSeen + absence) }));
}

function moved(device: StoredDevice, ms: number): StoredDevice {
  const { lastSeen, onlineSince, leftAt } = device;
  return {
    ...device,
    lastSeen: lastSeen + ms,
    onlineSince: onlineSince + ms,
    leftAt: leftAt === null ? null : leftAt + ms,
  };
}

function unauthenticated(): FedOpsError {
  return new FedOpsError('unauthenticated', "expected the device's token as Authorization: Bearer");
}
