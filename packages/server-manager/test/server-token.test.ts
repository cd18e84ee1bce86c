import { expect, it } from '@jest/globals';
import { createTask, startManager, until } from './manager.js';

const [adminToken, deviceToken] = ['operator-secret-0123', 'device-secret-01234567'];

it('lets an FL server report with the token of its run, until a newer run of the task begins', async () => {
  const manager = await startManager({ adminToken, deviceToken });
  await createTask(manager, {}, adminToken);
  await createTask(manager, { taskId: 'other' }, adminToken);
  const begin = async () => {
    const { json } = await manager.ask('POST', '/v1/tasks/mnist/runs', { token: adminToken, body: {} });
    await until(() => manager.launcher.launched.some(({ runId }) => runId === json.runId));
    return manager.launcher.server(json.runId);
  };
  const report = async (token: string | undefined, taskId = 'mnist') => {
    const body = { rows: [{ kind: 'custom', round: 1, values: { loss: 0.5 } }] };
    const { status, json } = await manager.ask('POST', `/v1/tasks/${taskId}/metrics`, { token, body });
    return status === 201 ? status : [status, json.code];
  };

  const first = await begin();
  expect(await report(first.order?.token)).toBe(201);
  expect(await report(first.order?.token, 'other')).toEqual([403, 'permission-denied']);
  expect(await report(undefined)).toEqual([401, 'unauthenticated']);
  expect(await report('nobody-has-this-token')).toEqual([403, 'permission-denied']);

  first.end({ kind: 'failed', reason: 'quorum-not-met', message: 'no quorum' });
  const runId = first.order?.runId;
  const path = `/v1/runs/${runId}`;
  await until(
    async () => (await manager.ask('GET', path, { token: adminToken })).json.state.status === 'failed',
  );
  expect(await report(first.order?.token)).toBe(201);
  first.goes();

  const second = await begin();
  expect(await report(second.order?.token)).toBe(201);
  expect(await report(first.order?.token)).toEqual([403, 'permission-denied']);
});
