import { expect, it } from '@jest/globals';
import { createTask, startManager, until } from './manager.js';

const EXTERNAL = { server: { kind: 'external', url: 'http://10.0.0.5:40026' } };
const record = (mac: string, name = 'host') => ({
  FL_task_ID: 'mnist',
  Device_mac: mac,
  Device_hostname: name,
  Device_online: true,
  Device_training: false,
});
/** As Python sends JSON: without a Content-Type. */
const raw = (body: unknown) => ({
  bytes: new TextEncoder().encode(JSON.stringify(body)),
  headers: { 'Content-Type': '' },
});

it('gives a device its own record and no other, and keeps two devices apart that ask at once', async () => {
  const manager = await startManager();
  await createTask(manager);
  const macs = Array.from({ length: 20 }, (_, i) => `mac-${i}`);
  const lists = await Promise.all(
    macs.map((mac) => manager.ask('PUT', '/FLSe/RegisterFLTask', raw(record(mac)))),
  );
  expect(lists.map(({ json }) => json.map((one: { Device_mac: string }) => one.Device_mac))).toEqual(
    macs.map((mac) => [mac]),
  );
  const infos = await Promise.all(macs.map((mac) => manager.ask('GET', `/FLSe/info/mnist/${mac}`)));
  expect(infos.map(({ json }) => json.Server_Status.Task_status.Device_mac)).toEqual(macs);
});

it('answers 200 with an error for an unknown task where Python does, and 404 to notices', async () => {
  const manager = await startManager();
  const port = await manager.ask('GET', '/FLSe/getPort/none');
  expect([port.status, typeof port.json.error]).toEqual([200, 'string']);
  const notice = await manager.ask('PUT', '/FLSe/ClientOut/none', { body: { client_id: 'c', run_id: null } });
  expect([notice.status, notice.json.code]).toEqual([404, 'not-found']);
});

it('leaves the task and its other clients as they are when one client has finished or failed', async () => {
  const manager = await startManager();
  await createTask(manager);
  await manager.ask('PUT', '/FLSe/RegisterFLTask', raw(record('aa')));
  const { json } = await manager.ask('POST', '/v1/tasks/mnist/runs');
  const { runId } = json;
  manager.launcher.server(runId).ready(40_999);
  const ready = async () => (await manager.ask('GET', '/FLSe/info/mnist/aa')).json.Server_Status.FLSeReady;
  await until(ready);
  const body = { client_id: 'c1', run_id: runId };
  const fail = await manager.ask('PUT', '/FLSe/ClientTrainFail/mnist', { body });
  expect(fail.json).toEqual({ task_id: 'mnist', client_id: 'c1', run_id: runId, state: 'train-failed' });
  expect((await manager.ask('PUT', '/FLSe/ClientTrainFail/mnist', { body })).json).toEqual(fail.json);
  await manager.ask('PUT', '/FLSe/FLSeClosed/mnist?FLSeReady=false');
  expect(await ready()).toBe(true);
  expect((await manager.ask('GET', '/FLSe/GetFLTask/mnist')).json).toHaveLength(1);
  expect((await manager.ask('GET', '/FLSe/getPort/mnist')).json).toMatchObject({
    task_id: 'mnist',
    server_url: 'http://127.0.0.1:40999',
  });
});

it('wants the run id in what an FL server of its own says', async () => {
  const manager = await startManager();
  await createTask(manager);
  await manager.ask('POST', '/v1/tasks/mnist/runs');
  const finish = (query: string) => manager.ask('PUT', `/FLSe/FLRoundFin/mnist?FLSeReady=false${query}`);
  expect((await finish('')).status).toBe(409);
  expect((await finish('&campaign_run_id=r99')).status).toBe(409);
  expect((await finish('&campaign_run_id=r1')).status).toBe(200);
  expect((await manager.ask('GET', '/v1/runs/r1')).json.state.status).toBe('starting');
});

it('takes a crash report of a Python FL server for a failure: no version is reset or counted', async () => {
  const manager = await startManager();
  await createTask(manager, EXTERNAL);
  const update = (body: object) => manager.ask('PUT', '/FLSe/FLSeUpdate/mnist', raw(body));
  const finish = () => manager.ask('PUT', '/FLSe/FLRoundFin/mnist?FLSeReady=False');
  await update({ FLSeReady: true, GL_Model_V: 4, Latest_GL_Model: 'm_V3' });
  await update({ FLSeReady: false });
  expect((await finish()).json.Server_Status).toMatchObject({
    FLSeReady: false,
    GL_Model_V: 4,
    Last_GL_Model: 'm_V3',
  });
  await update({ FLSeReady: true });
  await finish();
  expect((await finish()).json.Server_Status.GL_Model_V).toBe(5);
});

it('keeps a report of each client by itself, in either vocabulary', async () => {
  const manager = await startManager();
  await createTask(manager);
  const reports = Array.from({ length: 20 }, (_, i) => ({
    client_mac: `m${i}`,
    round: i,
    train_acc: i,
    next_gl_model_v: 1,
    train_f1: i,
  }));
  const answers = await Promise.all(
    reports.map((report) => manager.ask('PUT', '/client_perf/train_result/mnist', raw(report))),
  );
  expect(answers.map(({ json }) => json.train_result.train_accuracy)).toEqual(
    reports.map(({ round }) => round),
  );
  const { json: rows } = await manager.ask('GET', '/v1/tasks/mnist/metrics?kind=train');
  expect(new Set(rows.map(({ round }: { round: number }) => round))).toEqual(
    new Set(reports.map(({ round }) => round)),
  );
  for (const row of rows) {
    expect(row).toMatchObject({
      clientId: `m${row.round}`,
      version: 1,
      values: { train_accuracy: row.round, train_f1: row.round },
    });
  }
});
