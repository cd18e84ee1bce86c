import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParameters } from '@fedops/parameters';
import { FLServer } from '@fedops/server';
import type { ClientId, TaskId } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import { afterEach, expect, test } from '@jest/globals';
import { createHttpTransport } from '../src/http/http-transport.js';
import { createSession, type SessionState, systemClock, type Trainer } from '../src/index.js';

const signature = [{ name: 'w', shape: [2], dtype: 'float32' as const }];
const logger = { info() {}, warn() {}, error() {} };
const directories: string[] = [];

afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test('a server that goes while a client trains is looked for, and then given up with the reason', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'fedops-gone-'));
  directories.push(dataDir);
  const server = await new FLServer(
    { taskId: 'task', rounds: 1, dataDir, listen: { port: 0 } },
    {
      strategy: fedAvg(),
      initialParameters: createParameters(signature, [new Float32Array(2)]),
      logger,
    },
  ).start();

  const [training, serverGone] = [latch(), latch()];
  const trainer: Trainer = {
    async fit({ parameters }) {
      training.open();
      await serverGone.opened;
      return { parameters, numExamples: 1, metrics: {} };
    },
    evaluate: async () => ({ loss: 0, numExamples: 1, metrics: {} }),
  };
  const session = createSession(
    { transport: createHttpTransport({ baseUrl: server.url }), trainer, clock: systemClock },
    {
      taskId: 'task' as TaskId,
      identity: { clientId: 'device' as ClientId, key: 'a key of the device' },
      reconnectForMs: 1_500,
      status: () => ({
        FL_task_id: 'task',
        FL_client_num: 0,
        FL_client_mac: null,
        FL_client_online: true,
        FL_client_start: true,
        FL_client_fail: false,
        FL_server_IP: null,
        FL_next_gl_model: 1,
      }),
    },
  );
  const states: SessionState[] = [];
  session.onChange((state) => states.push(state));

  const ended = session.run();
  await training.opened;
  await server.close();
  serverGone.open();

  expect(await ended).toMatchObject({ phase: 'failed', code: 'unavailable' });
  const lost = states.find(({ phase }) => phase === 'uploading' || phase === 'connecting');
  expect(lost).toBeDefined();
  const retried = states.filter((state) => 'attempt' in state && state.attempt > 1);
  expect(retried.length).toBeGreaterThan(0);
  expect(retried[0]).toMatchObject({ deadline: expect.any(Number), lastError: { code: 'unavailable' } });
});
