import { FLClientTask } from '@fedops/client-app';
import { loadIdentity, workerTrainer } from '@fedops/client-session/node';
import { runChild } from './run-child.js';
import { ClientProcessSettingsSchema } from './settings.js';
import { TASK_ID } from './task-id.js';

await runChild('client', ClientProcessSettingsSchema, async (settings, { parent, logger }) => {
  const { clientId, clientMac, managerUrl, dataDir, trainer: data } = settings;
  const { key } = await loadIdentity(dataDir, clientId);
  const trainer = workerTrainer(new URL('../model/trainer.js', import.meta.url), { data });
  await trainer.ready();

  const task = new FLClientTask(
    {
      taskId: TASK_ID,
      clientId,
      key,
      clientMac,
      clientName: clientId,
      port: 0,
      manager: { baseUrl: managerUrl },
      serverManager: { baseUrl: managerUrl },
      trainer,
    },
    { env: {}, logger },
  );
  const app = await task.start();
  parent.tell({ kind: 'ready', url: app.url, port: app.port });

  return {
    async close() {
      await app.close();
      await trainer.close();
    },
  };
});
