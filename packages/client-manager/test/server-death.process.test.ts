import { FLClientTask } from '@fedops/client-app';
import type { ClientManagerHandle } from '@fedops/client-manager';
import type { Trainer } from '@fedops/client-session';
import { silentLogger } from '@fedops/http-service';
import { createParameters } from '@fedops/parameters';
import { expect, it } from '@jest/globals';
import { aClientManager, aServerManager, atEnd, prepareTask, type Server, until } from './real-services.js';

type Work = 'fit' | 'evaluation';

/** A trainer that holds each piece of one kind of work until it is let go. */
function heldTrainer(heldWork: Work | undefined) {
  let letGo = () => {};
  const free = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let held = 0;
  const passBy = async (work: Work) => {
    if (work !== heldWork) return;
    held++;
    await free;
  };
  const trainer: Trainer = {
    async fit({ parameters: { signature, tensors } }) {
      await passBy('fit');
      const trained = tensors.map((tensor) => (tensor as Float32Array).map((value) => value + 1));
      return { parameters: createParameters(signature, trained), numExamples: 1, metrics: {} };
    },
    async evaluate() {
      await passBy('evaluation');
      return { loss: 0.25, numExamples: 1, metrics: {} };
    },
  };
  return { trainer, held: () => held, letGo };
}

async function aDevice(server: Server, id: string, trainer: Trainer): Promise<ClientManagerHandle> {
  const settings = { taskId: 'mnist', trainer, clientId: id, key: `the secret key of ${id}`, port: 0 };
  const app = await new FLClientTask(settings, { logger: silentLogger, env: {} }).start();
  atEnd(() => app.close());
  const manager = await aClientManager({ id, clientUrl: app.url, serverManagerUrl: server.url });
  await until(() => ['waiting', 'training'].includes(manager.state().phase));
  return manager;
}

/**
 * The states that clients can hold an FL server in. Its death while it aggregates or publishes, which nobody outside
 * can hold, is among the points at which packages/server/test/crash/sigkill.process.test.ts kills it.
 */
it.each([
  { phase: 'waiting-for-clients', heldWork: undefined, early: ['device-1'], late: ['device-2'] },
  { phase: 'fitting', heldWork: 'fit', early: ['device-1', 'device-2'], late: [] },
  { phase: 'evaluating', heldWork: 'evaluation', early: ['device-1', 'device-2'], late: [] },
] as const)(
  'an FL server that is killed while it is $phase is started again, and the run publishes with every device',
  async ({ phase, heldWork, early, late }) => {
    const server = await aServerManager();
    const clientsPerRound = { kind: 'all', atLeast: 2 };
    await prepareTask(server, { rounds: 1, clientsPerRound, quorum: 2, serverRestarts: 1 });
    const { trainer, held, letGo } = heldTrainer(heldWork);
    const devices = await Promise.all(early.map((id) => aDevice(server, id, trainer)));
    const { runId } = await server.ask('POST', '/v1/tasks/mnist/runs');
    const run = () => server.ask('GET', `/v1/runs/${runId}`);
    await until(() => devices.every((device) => device.state().phase === 'training'));
    await until(async () => (await server.ask('GET', `/v1/runs/${runId}/view`)).state.phase === phase);
    await until(() => heldWork === undefined || held() === devices.length);

    process.kill((await run()).state.pid, 'SIGKILL');
    await until(async () => (await run()).restarts === 1);
    letGo();
    devices.push(...(await Promise.all(late.map((id) => aDevice(server, id, trainer)))));
    await until(async () => ['published', 'failed'].includes((await run()).state.status));
    expect(await run()).toMatchObject({ restarts: 1, state: { status: 'published', version: 1 } });
    await until(() => devices.every((device) => device.state().last?.isRunOver === true));
    for (const device of devices) {
      expect(device.state().last).toMatchObject({ runId, version: 1, end: { state: 'train-finished' } });
    }
  },
  60_000,
);
