import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createHttpTransport } from '@fedops/client-session/node';
import { createParameters } from '@fedops/parameters';
import type { ClientId, RunId, TaskId } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';

const SIGNATURE = [{ name: 'w', shape: [2_000_000], dtype: 'float32' as const }];
const IDS = { protocolVersion: 1, taskId: 't' as TaskId, clientId: 'c' as ClientId };

/** A server in another thread closes whenever it likes, also between two steps of this one. */
test('an upload that is refused while it is sent always gives the refusal, never the broken connection', async () => {
  const workerData = {
    ...IDS,
    token: 'token',
    runId: 'v1',
    rounds: 1,
    nextVersion: 1,
    signature: SIGNATURE,
    leaseMs: 15_000,
    maxUpdateBytes: 1e9,
  };
  const server = new Worker(new URL('./fixtures/refusing-server.mjs', import.meta.url), { workerData });
  const [port] = await once(server, 'message');
  const options = { signal: new AbortController().signal };
  const status = {
    FL_task_id: 't',
    FL_client_num: 0,
    FL_client_mac: null,
    FL_client_online: true,
    FL_client_start: true,
    FL_client_fail: false,
    FL_server_IP: null,
    FL_next_gl_model: 1,
  };
  const connection = await createHttpTransport({ baseUrl: `http://127.0.0.1:${port}` }).connect(
    { ...IDS, key: 'k'.repeat(32), status },
    options,
  );
  const parameters = createParameters(SIGNATURE, [new Float32Array(2_000_000)]);
  const update = { kind: 'update' as const, header: { numExamples: 1, metrics: {} }, parameters };
  const codes = new Set<unknown>();
  for (let i = 0; i < 60; i++) {
    const key = { runId: 'v1' as RunId, round: 1 };
    await connection.deliver(key, update, options).catch((error) => codes.add(error.code));
  }
  expect([...codes]).toEqual(['unauthenticated']);
  await server.terminate();
});
