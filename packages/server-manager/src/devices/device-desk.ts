import type { Logger } from '@fedops/http-service';
import type { Clock } from '@fedops/server';
import {
  type Device,
  type DeviceActivity,
  type DeviceRegistration,
  type DeviceRegistrationAnswer,
  FedOpsError,
  PROTOCOL_VERSION,
  type TaskId,
} from '@fedops/shared-types';
import { oneAtATimePerKey } from '../one-at-a-time.js';
import { hashOf, newToken } from '../secrets.js';
import type { DeviceRows, StoredDevice, StoredTask } from '../store/store.js';
import type { Topic } from '../topic.js';
import { afterAbsence, alive, moved, withLifeOf } from './device-life.js';
import { createDeviceMemory } from './device-memory.js';
import { deviceView } from './device-view.js';
import { type LegacySighting, legacyDevice, legacyId } from './legacy-device.js';
import { startLifeKeeper } from './life-keeper.js';
import { presenceOf } from './presence.js';
import { readRegistration, registeredDevice } from './registered-device.js';
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
  /** The device of the task that holds this token. */
  holder(taskId: TaskId, token: string): StoredDevice | undefined;
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

/** How long a device counts as online after a request, in milliseconds, and how many devices are taken. */
export interface DeviceDeskSettings {
  readonly leaseMs: number;
  readonly maxDevices: number;
}

export async function openDeviceDesk(
  { rows, clock, logger, becameReady }: DeviceDeskParts,
  { leaseMs, maxDevices }: DeviceDeskSettings,
): Promise<DeviceDesk> {
  const loaded = await rows.load();
  const memory = createDeviceMemory(afterAbsence(loaded.devices, loaded.aliveAt, clock.now()));
  const jumps = watchForJumps(clock, clock);
  const queue = oneAtATimePerKey();
  const lives = await startLifeKeeper({ rows, clock, logger }, (device) => {
    return memory.get(device.taskId, device.deviceId) === device;
  });

  /** Where the clock was set: what was written down by the old time is restated in the new one. */
  function heedJump(): void {
    const jump = jumps.jumpMs();
    if (jump === 0) return;
    logger.warn({ jumpMs: jump }, 'the clock was set');
    for (const device of [...memory.all()]) {
      const restated = moved(device, jump);
      memory.set(restated);
      lives.note(restated, device);
    }
  }

  /** Among changes of one device's identity. */
  const inOrder = <T>(taskId: TaskId, deviceId: string, work: () => Promise<T>) =>
    queue(JSON.stringify([taskId, deviceId]), work);

  const find = (taskId: TaskId, deviceId: string) => {
    heedJump();
    return memory.get(taskId, deviceId);
  };

  function get(taskId: TaskId, deviceId: string): StoredDevice {
    const device = find(taskId, deviceId);
    if (device === undefined) throw new FedOpsError('not-found', `task ${taskId} has no device ${deviceId}`);
    return device;
  }

  function isReady(device: StoredDevice): boolean {
    return device.activity.kind === 'idle' && presenceOf(device, leaseMs, clock.now()).state === 'online';
  }

  const living = (device: StoredDevice, activity: DeviceActivity) =>
    alive(device, activity, { now: clock.now(), leaseMs });

  function hold(device: StoredDevice, before: StoredDevice | undefined): void {
    const wasReady = before !== undefined && isReady(before);
    memory.set(device);
    if (!wasReady && isReady(device)) becameReady.publish(device.taskId);
  }

  function change(before: StoredDevice, after: StoredDevice): void {
    hold(after, before);
    lives.note(after, before);
  }

  /** Keeps who the device is; signs of life that come meanwhile stay. */
  async function put(device: StoredDevice, before: StoredDevice | undefined): Promise<void> {
    if (before === undefined && memory.size() >= maxDevices) {
      throw new FedOpsError('overloaded', `the manager keeps at most ${maxDevices} devices`);
    }
    await rows.put(device);
    const now = memory.get(device.taskId, device.deviceId);
    if (now === undefined || now === before) hold(device, before);
    else change(now, withLifeOf(device, now));
  }

  return {
    get,
    isReady,

    register(task, given) {
      const registration = readRegistration(task, given);
      const { taskId, initialModel } = task;
      const { deviceId } = registration;
      return inOrder(taskId, deviceId, async () => {
        const before = find(taskId, deviceId);
        const token = newToken();
        const device = registeredDevice(registration, before, { taskId, token, now: clock.now() });
        await put(living(device, device.activity), before);
        return {
          protocolVersion: PROTOCOL_VERSION,
          taskId,
          deviceId,
          token,
          leaseMs,
          signatureDigest: initialModel?.signatureDigest ?? null,
        };
      });
    },

    sight: (taskId, sighting) =>
      inOrder(taskId, legacyId(sighting.mac), async () => {
        const before = find(taskId, legacyId(sighting.mac));
        const device = legacyDevice(taskId, sighting, before, clock.now());
        const after = living(device, device.activity);
        await put(after, before);
        return after;
      }),

    authenticate(taskId, deviceId, token) {
      const device = find(taskId, deviceId);
      if (device === undefined && token !== undefined) return get(taskId, deviceId);
      if (device === undefined || token === undefined || device.tokenHash !== hashOf(token)) {
        throw unauthenticated();
      }
      return device;
    },

    holder(taskId, token) {
      const device = memory.holder(hashOf(token));
      return device?.taskId === taskId ? device : undefined;
    },

    seen(taskId, deviceId, activity) {
      const before = get(taskId, deviceId);
      change(before, living(before, activity ?? before.activity));
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
        get(taskId, deviceId);
        await rows.remove(taskId, deviceId);
        lives.drop(get(taskId, deviceId));
        memory.delete(taskId, deviceId);
      }),

    forgetTask(taskId) {
      for (const device of memory.of(taskId)) lives.drop(device);
      memory.deleteTask(taskId);
    },

    list(taskId) {
      heedJump();
      return [...(taskId === undefined ? memory.all() : memory.of(taskId))];
    },

    view: (device) => deviceView(device, leaseMs, clock.now()),
    close: () => lives.close(),
  };
}

function unauthenticated(): FedOpsError {
  return new FedOpsError('unauthenticated', "expected the device's token as Authorization: Bearer");
}
