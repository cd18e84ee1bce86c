import { FedOpsError, parseWith, type RunRequest, type TaskId } from '@fedops/shared-types';
import type { Router } from 'express';
import type { z } from 'zod';
import type { Manager } from '../../manager.js';
import { clientsWithMacs } from '../../runs/chosen-clients.js';
import { portOf } from '../../tasks/host-and-port.js';
import type { CheckAccess } from '../access.js';
import { deviceRecord } from './device-record.js';
import { pythonAnswers } from './legacy-route.js';
import { type LegacyView, legacyView } from './server-status.js';
import { overridesOf, StartSchema } from './start-settings.js';

/** A task as Python's dashboard starts and watches it. */
export function mountLegacyTasks(router: Router, manager: Manager, check: CheckAccess): void {
  const { tasks, runs, devices } = manager;
  const python = pythonAnswers(check);
  const viewOf = (taskId: TaskId) => legacyView(manager, tasks.get(taskId), null);

  async function startTask(taskId: TaskId, request: RunRequest): Promise<string> {
    try {
      await runs.start(taskId, request, 'operator');
      return 'Task started.';
    } catch (error) {
      if (FedOpsError.is(error) && error.code === 'conflict' && runs.active(taskId) !== undefined) {
        return 'already started';
      }
      throw error;
    }
  }

  function requestFor(taskId: TaskId, macs: readonly string[]): RunRequest {
    if (macs.length === 0 || runs.active(taskId) !== undefined) return {};
    const ids = clientsWithMacs(taskId, [...new Set(macs)], devices.list(taskId));
    return { clients: { kind: 'listed', ids }, clientsPerRound: { kind: 'count', count: ids.length } };
  }

  async function keepSettings(asked: z.output<typeof StartSchema>): Promise<void> {
    await tasks.change(asked.task_id, { run: overridesOf(asked, tasks.get(asked.task_id).run.fitConfig) });
  }

  router.post(
    '/FLSe/startTask',
    python('operator', async ({ body }) => {
      const { task_id, devices } = parseWith(StartSchema, body, 'body of POST /FLSe/startTask');
      const { taskId } = tasks.get(task_id);
      return { status: await startTask(taskId, requestFor(taskId, devices ?? [])) };
    }),
  );

  router.post(
    '/FLSe/teststartTask',
    python('operator', async ({ body }) => {
      const asked = parseWith(StartSchema, body, 'body of POST /FLSe/teststartTask');
      const { taskId } = tasks.get(asked.task_id);
      // Before the settings are kept: a wrong MAC changes nothing.
      const request = requestFor(taskId, asked.devices ?? []);
      await keepSettings(asked);
      return { status: await startTask(taskId, request), yaml_saved: false };
    }),
  );

  router.post(
    '/FLSe/scalableStartTask',
    python('operator', async ({ body }) => {
      await keepSettings(parseWith(StartSchema, body, 'body of POST /FLSe/scalableStartTask'));
      return { status: 'Task settings saved.', yaml_saved: false, deployment_type: 'scalable' };
    }),
  );

  router.get(
    '/FLSe/status/:taskId',
    python('member', async (_request, taskId) => {
      const view = await viewOf(taskId);
      return { task_id: taskId, status: { status: view.text, ...addressOf(view) } };
    }),
  );

  router.get(
    '/FLSe/getPort/:taskId',
    python('member', async (_request, taskId) => {
      const view = await viewOf(taskId);
      if (view.url === undefined) throw new FedOpsError('not-found', `task ${taskId} has no FL server now`);
      return {
        task_id: taskId,
        ...(view.pythonUrl === undefined ? { message: NO_DOOR } : addressOf(view)),
        server_url: view.url.href.replace(/\/$/, ''),
      };
    }),
  );

  router.get(
    '/FLSe/getConnectionInfo/:taskId',
    python('member', async (_request, taskId) => {
      const view = await viewOf(taskId);
      const address = addressOf(view);
      return {
        task_id: taskId,
        status: view.text,
        port: null,
        external_ip: null,
        ...address,
        server_type: 'scalable',
        ...(view.url !== undefined && { server_address: (view.pythonUrl ?? view.url).host }),
      };
    }),
  );

  router.get(
    '/FLSe/CheckServerReady/:taskId',
    python('member', async (_request, taskId) => {
      const view = await viewOf(taskId);
      return {
        ready: view.status.FLSeReady && view.url !== undefined,
        status: view.text,
        fl_ready: view.status.FLSeReady,
        connection_info: addressOf(view),
      };
    }),
  );

  router.get(
    '/FLSe/GetTaskSummary/:taskId',
    python('operator', async (_request, taskId) => {
      const view = await viewOf(taskId);
      const records = devices.list(taskId).map((device) => deviceRecord(devices.view(device)));
      const online = records.filter(({ Device_online }) => Device_online).length;
      return {
        task_id: taskId,
        server_status: view.text,
        client_stats: {
          total: records.length,
          online,
          training: records.filter(({ Device_training }) => Device_training).length,
          offline: records.length - online,
        },
        cluster_stats: clusterStats(records.map(({ cluster_id }) => cluster_id ?? null)),
        fl_server_info: {
          ready: view.status.FLSeReady,
          model_version: view.status.GL_Model_V,
          start_time: view.status.FLServer_start,
          campaign_run_id: view.status.Campaign_run_id ?? null,
          campaign_status: view.status.Campaign_status ?? null,
        },
        connection_info: addressOf(view),
      };
    }),
  );
}

/** Python's clients speak Flower alone, and would try for ever to reach the HTTP door with it. */
const NO_DOOR =
  'the FL server has no door for Flower clients: servers.flower of the server manager (fedops manager --flower) opens one';

/** Host and port as Python's callers put them together: what is shown to people where there is no door. */
function addressOf({ url: httpUrl, pythonUrl: url = httpUrl }: LegacyView): {
  readonly port?: number;
  readonly external_ip?: string;
} {
  if (url === undefined) return {};
  return { port: portOf(url), external_ip: url.hostname };
}

/** How many devices are in each cluster; cluster 0 is one like the others. */
function clusterStats(clusters: readonly (number | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const cluster of clusters) {
    const name = cluster === null ? 'unassigned' : String(cluster);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
