import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FLClientTask } from '@fedops/client-app';
import type { ClientManagerHandle } from '@fedops/client-manager';
import type { Trainer } from '@fedops/client-session';
import { silentLogger } from '@fedops/http-service';
import { createParameters } from '@fedops/parameters';
import { expect, it } from '@jest/globals';
import { aClientManager, aDirectory, atEnd, prepareTask, serverAt, until } from './real-services.js';

const RUN = { rounds: 1, clientsPerRound: { kind: 'all', atLeast: 2 }, quorum: 2, waitForClientsMs: 30_000 };

/** A server manager in a process of its own; port 0 for one that the system chooses. */
async function aManagerProcess(dataDir: string, port: number) {
  const module = fileURLToPath(new URL('../../server-manager/test/manager-process.mjs', import.meta.url));
  const child = spawn(process.execPath, [module, dataDir, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  atEnd(() => killed(child));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, url: String(line) };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Trainers that hold each fit until they are let go. */
function heldTrainers() {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let fitting = 0;
  const trainer: Trainer = {
    async fit({ parameters: { signature, tensors } }) {
      fitting++;
      await held;
      const trained = tensors.map((tensor) => (tensor as Float32Array).map((value) => value + 1));
      return { parameters: createParameters(signature, trained), numExamples: 1, metrics: { loss: 0.5 } };
    },
    evaluate: async () => ({ loss: 0.25, numExamples: 1, metrics: { accuracy: 0.75 } }),
  };
  return { trainer, fitting: () => fitting, letGo };
}

async function aDevice(serverManagerUrl: string, id: string, trainer: Trainer): Promise<ClientManagerHandle> {
  const settings = { taskId: 'mnist', trainer, clientId: id, key: `the key of ${id}`, port: 0 };
  const app = await new FLClientTask(settings, { logger: silentLogger, env: {} }).start();
  atEnd(() => app.close());
  return aClientManager({ id, clientUrl: app.url, serverManagerUrl });
}

function endAtEnd(pid: number): void {
  atEnd(async () => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  });
}

it('a server manager that is killed while devices train comes back to a run that goes on and publishes', async () => {
  const dataDir = await aDirectory();
  const first = await aManagerProcess(dataDir, 0);
  const server = serverAt(first.url);
  await prepareTask(server, RUN);
  const { trainer, fitting, letGo } = heldTrainers();
  const devices = await Promise.all(['device-1', 'device-2'].map((id) => aDevice(first.url, id, trainer)));
  await until(() => devices.every((device) => device.state().phase === 'waiting'));
  const { runId } = await server.ask('POST', '/v1/tasks/mnist/runs');
  await until(() => fitting() === 2);
  endAtEnd((await server.ask('GET', `/v1/runs/${runId}`)).state.pid);

  await killed(first.child);
  await aManagerProcess(dataDir, Number(new URL(first.url).port));
  letGo();
  const state = async () => (await server.ask('GET', `/v1/runs/${runId}`)).state;
  await until(async () => ['published', 'failed'].includes((await state()).status));
  expect(await state()).toMatchObject({ status: 'published', version: 1 });
  await until(() =>
    devices.every((device) => device.state().last?.isRunOver === true && device.state().phase === 'waiting'),
  );
  for (const device of devices) {
    expect(device.state().last).toMatchObject({ runId, version: 1, end: { state: 'train-finished' } });
  }
  expect(fitting()).toBe(2);
}, 300_000);
