import { FLClientTask, sessionViewOf } from '@fedops/client-app';
import { loadIdentity, workerTrainer } from '@fedops/client-session/node';
import { parseWith } from '@fedops/shared-types';
import { tellCalls } from '../calls/tell-calls.js';
import { holdableTrainer } from '../model/holdable-trainer.js';
import { ClientOrderSchema } from './messages.js';
import { runChild } from './run-child.js';
import { ClientProcessSettingsSchema } from './settings.js';
import { TASK_ID } from './task-id.js';
import { tellChanges } from './tell-changes.js';

await runChild('client', ClientProcessSettingsSchema, async (settings, { parent, logger }) => {
  const { clientId, clientMac, port, clientManagerUrl, serverManagerUrl, dataDir, trainer: data } = settings;
  const { key } = await loadIdentity(dataDir, clientId);
  const worker = workerTrainer(new URL('../model/trainer.js', import.meta.url), { data });
  await worker.ready();
  const { trainer, holdNextFit } = holdableTrainer(worker, (round) => parent.tell({ kind: 'held', round }));
  parent.onOrder((order) => {
    parseWith(ClientOrderSchema, order, 'order of the demo');
    holdNextFit();
  });

  tellCalls(parent);
  const task = new FLClientTask(
    {
      taskId: TASK_ID,
      clientId,
      key,
      clientMac,
      clientName: clientId,
      port,
      manager: { baseUrl: clientManagerUrl },
      serverManager: { baseUrl: serverManagerUrl },
      trainer,
    },
    { env: {}, logger },
  );
  const app = await task.start();
  const stopTelling = tellChanges(
    () => sessionViewOf(task.state()),
    (session) => parent.tell({ kind: 'session', session }),
  );
  parent.tell({ kind: 'ready', url: app.url, port: app.port });

  return {
    async close() {
      await app.close();
      stopTelling();
      await worker.close();
    },
  };
});
