import type { TaskId } from '@fedops/shared-types';
import type { StoredDevice } from '../store/store.js';

/** The devices of all tasks, by task and id. */
export interface DeviceMemory {
  get(taskId: TaskId, deviceId: string): StoredDevice | undefined;
  set(device: StoredDevice): void;
  delete(taskId: TaskId, deviceId: string): void;
  deleteTask(taskId: TaskId): void;
  /** In the order in which they came. */
  of(taskId: TaskId): Iterable<StoredDevice>;
  all(): Iterable<StoredDevice>;
  /** The device that holds a token, by the token's hash. */
  holder(tokenHash: string): StoredDevice | undefined;
  size(): number;
}

/** A memory that holds these devices. */
export function createDeviceMemory(devices: Iterable<StoredDevice> = []): DeviceMemory {
  const tasks = new Map<TaskId, Map<string, StoredDevice>>();
  const holders = new Map<string, StoredDevice>();
  let size = 0;

  function dropToken(device: StoredDevice | undefined): void {
    if (device?.tokenHash != null) holders.delete(device.tokenHash);
  }

  const memory: DeviceMemory = {
    get: (taskId, deviceId) => tasks.get(taskId)?.get(deviceId),
    set(device) {
      const ofTask = tasks.get(device.taskId) ?? new Map<string, StoredDevice>();
      tasks.set(device.taskId, ofTask);
      const before = ofTask.get(device.deviceId);
      if (before === undefined) size++;
      dropToken(before);
      if (device.tokenHash !== null) holders.set(device.tokenHash, device);
      ofTask.set(device.deviceId, device);
    },
    delete(taskId, deviceId) {
      dropToken(tasks.get(taskId)?.get(deviceId));
      if (tasks.get(taskId)?.delete(deviceId)) size--;
    },
    deleteTask(taskId) {
      for (const device of tasks.get(taskId)?.values() ?? []) dropToken(device);
      size -= tasks.get(taskId)?.size ?? 0;
      tasks.delete(taskId);
    },
    of: (taskId) => tasks.get(taskId)?.values() ?? [],
    *all() {
      for (const ofTask of tasks.values()) yield* ofTask.values();
    },
    holder: (tokenHash) => holders.get(tokenHash),
    size: () => size,
  };
  for (const device of devices) memory.set(device);
  return memory;
}
