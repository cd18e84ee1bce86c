import { silentLogger } from '@fedops/http-service';
import { createParameters, encodeParameters, type Parameters } from '@fedops/parameters';
import type { RunView, Signature } from '@fedops/shared-types';
import { afterEach } from '@jest/globals';
import {
  createServerManager,
  type ServerManager,
  type ServerManagerParts,
  type ServerManagerSettings,
} from '../src/index.js';
import { type Answer, type Ask, ask } from './ask.js';
import { temporaryDirectory } from './directories.js';
import { type FakeClock, fakeClock } from './fake-clock.js';
import { type FakeLauncher, fakeLauncher } from './fake-launcher.js';
import { type FakeModelFiles, fakeModelFiles } from './fake-model-files.js';

export const SIGNATURE: Signature = [
  { name: 'kernel', shape: [2, 3], dtype: 'float32' },
  { name: 'bias', shape: [3], dtype: 'float32' },
];

/** A model all of whose elements are the same. */
export function modelOf(value: number, signature: Signature = SIGNATURE): Parameters {
  return createParameters(
    signature,
    signature.map(({ shape }) => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value)),
  );
}

export interface StartedManager extends ServerManager {
  readonly clock: FakeClock;
  readonly launcher: FakeLauncher;
  readonly models: FakeModelFiles;
  readonly dataDir: string;
  ask(method: string, path: string, ask?: Ask): Promise<Answer>;
}

const running: ServerManager[] = [];

afterEach(async () => {
  for (const manager of running.splice(0)) await manager.close();
});

/** A manager on a free port, whose time stands still and whose FL servers do what the test says; closed after it. */
export async function startManager(
  settings: Partial<ServerManagerSettings> = {},
  parts: ServerManagerParts = {},
): Promise<StartedManager> {
  const clock = (parts.clock as FakeClock | undefined) ?? fakeClock();
  const launcher = (parts.launcher as FakeLauncher | undefined) ?? fakeLauncher();
  const models = (parts.models as FakeModelFiles | undefined) ?? fakeModelFiles();
  const dataDir = settings.dataDir ?? (await temporaryDirectory());
  const manager = await createServerManager(
    { servers: { ports: 'any' }, ...settings, dataDir, listen: { port: 0, ...settings.listen } },
    { logger: silentLogger, ...parts, clock, launcher, models },
  );
  running.push(manager);
  return { ...manager, clock, launcher, models, dataDir, ask: (...args) => ask(manager.url, ...args) };
}

/** Creates a task with a model, ready to run. */
export async function createTask(
  manager: Pick<StartedManager, 'ask'>,
  input: Readonly<Record<string, unknown>> = {},
  token?: string,
): Promise<void> {
  const task = { taskId: 'mnist', ...input };
  await expectStatus(201, manager.ask('POST', '/v1/tasks', { body: task, token }));
  const path = `/v1/tasks/${encodeURIComponent(task.taskId)}/initial-parameters`;
  await expectStatus(200, manager.ask('PUT', path, { bytes: encodeParameters(modelOf(0)), token }));
}

export async function expectStatus(status: number, answering: Promise<Answer>): Promise<Answer> {
  const answer = await answering;
  if (answer.status !== status) {
    throw new Error(`expected ${status}, got ${answer.status} ${answer.bytes.toString().slice(0, 500)}`);
  }
  return answer;
}

/** Registers a device with a key of its own. */
export async function registerDevice(
  manager: Pick<StartedManager, 'ask'>,
  deviceId: string,
  more: Readonly<Record<string, unknown>> = {},
  taskId = 'mnist',
): Promise<string> {
  const body = { protocolVersion: 1, deviceId, key: `key-of-device-${deviceId}`, ...more };
  const { json } = await expectStatus(201, manager.ask('POST', `/v1/tasks/${taskId}/devices`, { body }));
  return json.token;
}

/** A view of a run whose only round closed with these measurements. */
export function viewWith(runId: string, digest: string, metrics: Readonly<Record<string, number>>): RunView {
  const at = '2026-11-24T00:00:00.000Z';
  return {
    taskId: 'mnist',
    runId,
    round: 1,
    rounds: 1,
    baseVersion: 0,
    nextVersion: 1,
    state: {
      phase: 'finished',
      reason: 'published',
      explanation: 'done',
      since: at,
      deadline: null,
      waitingFor: [],
    },
    clients: [],
    history: [
      {
        round: 1,
        outcome: { kind: 'closed', digest },
        participants: [],
        failures: [],
        fitMetrics: { loss: 0.4 },
        clientEvaluation: { loss: 0.3, numExamples: 10, metrics },
        seconds: 1,
      },
    ],
    published: null,
  } as unknown as RunView;
}

/** Resolves once the condition holds; looks again after every turn of the event loop, for at most a minute. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not so within a minute: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
