import type { Device, DeviceRecord } from '@fedops/shared-types';

/** A device as Python's managers and dashboard know it. */
export function deviceRecord(device: Device): DeviceRecord {
  return {
    FL_task_ID: device.taskId,
    Device_mac: device.mac ?? device.deviceId,
    Device_hostname: device.name ?? '',
    Device_online: device.presence.state !== 'offline' && device.activity.kind !== 'no-client',
    Device_training: device.activity.kind === 'training',
    last_request_time: pythonTime(device.lastSeen),
    cluster_id: device.clusterId,
  };
}

/** `YYYY-MM-DD HH:MM:SS`, in UTC. */
function pythonTime(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
