import {
  ClusterAssignmentSchema,
  DeviceRecordSchema,
  FedOpsError,
  parseWith,
  type TaskId,
  TaskIdSchema,
} from '@fedops/shared-types';
import type { Router } from 'express';
import { z } from 'zod';
import { legacyId } from '../../devices/legacy-device.js';
import type { Manager } from '../../manager.js';
import { isChosen } from '../../runs/chosen-clients.js';
import type { CheckAccess } from '../access.js';
import { deviceRecord } from './device-record.js';
import { properAnswers, pythonAnswers } from './legacy-route.js';
import { legacyView } from './server-status.js';

const BulkAssignmentSchema = z.object({
  assignments: z
    .array(z.object({ device_mac: z.string().min(1), cluster_id: z.int().nullable() }))
    .max(10_000),
});

/** Devices as Python's client managers and dashboard deal with them. */
export function mountLegacyDevices(router: Router, manager: Manager, check: CheckAccess): void {
  const { tasks, devices, runs } = manager;
  const python = pythonAnswers(check);
  const proper = properAnswers(check);
  const records = (taskId: TaskId) =>
    devices.list(taskId).map((device) => deviceRecord(devices.view(device)));

  /** A device that the run is not for sees a server that is not ready, and waits. */
  function isForMac(taskId: TaskId, mac: string): boolean {
    const clients = runs.active(taskId)?.settings.clients ?? { kind: 'any' };
    if (clients.kind === 'any') return true;
    return devices.list(taskId).some((device) => device.mac === mac && isChosen(clients, device));
  }

  router.get(
    '/FLSe/info/:taskId/:mac',
    python('enrolled', async (request, taskId) => {
      const task = tasks.get(taskId);
      const deviceId = legacyId(String(request.params.mac));
      const known = devices.list(taskId).some((device) => device.deviceId === deviceId);
      if (known) devices.seen(taskId, deviceId);
      const record = known ? deviceRecord(devices.view(devices.get(taskId, deviceId))) : null;
      const { status } = await legacyView(manager, task, record);
      const isForDevice = isForMac(taskId, String(request.params.mac));
      return { Server_Status: { ...status, FLSeReady: status.FLSeReady && isForDevice } };
    }),
  );

  /** Answers with the device's own record: whoever asks has no business with the others. */
  router.put(
    '/FLSe/RegisterFLTask',
    python('enrolled', async ({ body }) => {
      const record = parseWith(DeviceRecordSchema, body, 'body of PUT /FLSe/RegisterFLTask');
      const taskId = parseWith(TaskIdSchema, record.FL_task_ID, 'FL_task_ID');
      const device = await devices.sight(tasks.get(taskId).taskId, {
        mac: record.Device_mac ?? '',
        name: record.Device_hostname ?? null,
        online: record.Device_online === true,
        training: record.Device_training === true,
        // Python's managers send null for what they do not know, which assigns nothing.
        clusterId: record.cluster_id ?? undefined,
      });
      return [deviceRecord(devices.view(device))];
    }),
  );

  router.get(
    '/FLSe/GetFLTask/:taskId',
    python('operator', async (_request, taskId) => {
      const all = records(tasks.get(taskId).taskId);
      if (all.length === 0) throw new FedOpsError('not-found', `task ${taskId} has no devices`);
      return all;
    }),
  );

  router.get(
    '/FLSe/GetAvailableClients/:taskId',
    python('operator', async (_request, taskId) => {
      const clients = records(tasks.get(taskId).taskId)
        .filter(({ Device_online }) => Device_online)
        .map((record) => ({
          device_mac: record.Device_mac,
          device_hostname: record.Device_hostname,
          device_online: record.Device_online,
          device_training: record.Device_training,
          cluster_id: record.cluster_id,
          last_request_time: record.last_request_time,
        }));
      return { task_id: taskId, available_clients: clients, total_count: clients.length };
    }),
  );

  router.put(
    '/FLSe/cluster/:taskId',
    proper('member', async ({ body }, taskId) => {
      const what = 'body of PUT /FLSe/cluster';
      const { client_mac, cluster_id } = parseWith(ClusterAssignmentSchema, body, what);
      await devices.assignCluster(tasks.get(taskId).taskId, client_mac, cluster_id);
      return { ok: true, cluster_id };
    }),
  );

  router.post(
    '/FLSe/BulkAssignCluster/:taskId',
    proper('operator', async ({ body }, taskId) => {
      const { assignments } = parseWith(BulkAssignmentSchema, body, 'body of POST /FLSe/BulkAssignCluster');
      tasks.get(taskId);
      const results = [];
      for (const { device_mac, cluster_id } of assignments) {
        const found = await devices.assignCluster(taskId, device_mac, cluster_id);
        results.push({ device_mac, cluster_id, status: found > 0 ? 'assigned' : 'unknown device' });
      }
      const total = results.filter(({ status }) => status === 'assigned').length;
      return { task_id: taskId, results, total_assigned: total };
    }),
  );
}
