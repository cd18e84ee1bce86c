import { join } from 'node:path';
import { type ClientAppHandle, FLClientTask } from '@fedops/client-app';
import type { Call } from '../../call.js';
import { given } from '../../service/given.js';
import { type Service, serve } from '../../service/serve.js';
import { warnOfOpenIdentity } from '../../service/warn-of-open-identity.js';
import { type ClientPlan, planClient } from './client-plan.js';
import { openTrainer } from './open-trainer.js';
import { takePartOnce } from './take-part-once.js';

/** Runs a client app until it is told to end, or with `--once` through one run. */
export async function runClient(call: Call): Promise<void> {
  const plan = await planClient(call);
  const { trainer, close } = await openTrainer(plan.trainer);
  try {
    const task = new FLClientTask({ ...plan.task, trainer }, { env: call.context.env });
    if (plan.mode === 'once') await takePartOnce(call, task);
    else await serve(call, 'client', () => serveClient(call, plan, task));
  } finally {
    await close();
  }
}

async function serveClient(call: Call, plan: ClientPlan, task: FLClientTask): Promise<Service> {
  const app = await task.start();
  const { url, port } = app;
  const { clientId } = plan.identity;
  const ready = { url, port, taskId: plan.task.taskId, clientId };
  if (plan.mode !== 'managed') return { ready, close: () => app.close() };
  try {
    const manager = await manage(call, plan, app);
    return {
      ready: { ...ready, clientManagerUrl: manager.url },
      async close() {
        await manager.close();
        await app.close();
      },
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** The device has the id of its client, so that the server manager sees one and not two. */
async function manage({ context, output }: Call, plan: ClientPlan, app: ClientAppHandle) {
  const { createClientManager } = await import('@fedops/client-manager');
  const { dataDir, identity, manager, joinToken, controlToken, task } = plan;
  const managerDir = join(dataDir, 'manager');
  await warnOfOpenIdentity(output, join(managerDir, 'device-identity.json'), 'device', process.platform);
  return createClientManager(
    {
      dataDir: managerDir,
      clientUrl: app.url,
      deviceId: identity.clientId,
      port: 0,
      serverManager: given({ url: manager, token: joinToken }),
      ...given({ clientToken: controlToken, name: task.clientName ?? undefined }),
    },
    { env: context.env },
  );
}
