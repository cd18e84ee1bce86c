import { MAX_LISTED_CLIENTS, parseWith, type RunRequest } from '@fedops/shared-types';
import type { Router } from 'express';
import { z } from 'zod';
import type { Manager } from '../../manager.js';
import { clientsWithMacs } from '../../runs/chosen-clients.js';
import type { CheckAccess } from '../access.js';
import { pythonAnswers } from './legacy-route.js';
import { overridesOf, StartSettingsSchema } from './start-settings.js';

const SelectionSchema = z.object({
  selected_devices: z.array(z.string().min(1).max(300)).min(1).max(MAX_LISTED_CLIENTS),
  server_type: z.string().max(100).default('scalable'),
  fl_config: StartSettingsSchema.prefault({}),
});

/** A run for the devices that Python's dashboard selects, by their MACs; each round takes all of them. */
export function mountSelectedClients(router: Router, manager: Manager, check: CheckAccess): void {
  const { tasks, runs, devices } = manager;

  router.post(
    '/FLSe/StartFLWithSelectedClients/:taskId',
    pythonAnswers(check)('operator', async ({ body }, taskId) => {
      const what = 'body of POST /FLSe/StartFLWithSelectedClients';
      const { selected_devices, server_type, fl_config } = parseWith(SelectionSchema, body, what);
      const macs = [...new Set(selected_devices)];
      const task = tasks.get(taskId);
      const ids = clientsWithMacs(taskId, macs, devices.list(taskId));
      const request: RunRequest = {
        ...overridesOf(fl_config, task.run.fitConfig),
        clients: { kind: 'listed', ids },
        clientsPerRound: { kind: 'count', count: ids.length },
      };
      await runs.start(taskId, request, 'operator');
      return {
        status: 'Task started.',
        task_id: taskId,
        selected_devices: macs,
        server_type,
        total_selected: macs.length,
      };
    }),
  );
}
