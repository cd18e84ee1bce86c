import { ClientManagerAPI, ClientServerAPI, ServerAPI } from '@fedops/client-api';
import { type Listener, listen, silentLogger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ClientLine } from '../src/manager/client-line.js';
import { createDeviceList, type DeviceList } from '../src/manager/device-list.js';
import { createManagerApp } from '../src/manager/manager-app.js';
import { newTaskRecord, type TaskRecord } from '../src/manager/task-record.js';
import { watchClient } from '../src/manager/watch-client.js';
import { TASK_ID } from '../src/processes/task-id.js';
import { ALL_CALLS, aSession, clientId } from './samples.js';

const env = {};
const notice = { client_id: 'client-1', run_id: 'v1' };
const status = { S3_bucket: '', Last_GL_Model: '', FLServer_start: '', FLSeReady: true, GL_Model_V: 1 };
let record: TaskRecord;
let devices: DeviceList;
let listener: Listener;

beforeEach(async () => {
  record = newTaskRecord(TASK_ID);
  devices = createDeviceList(() => {});
  devices.add(clientId('client-1'));
  const update = (change: (record: TaskRecord) => TaskRecord) => {
    record = change(record);
  };
  const app = createManagerApp(
    { taskId: TASK_ID, devices, record: () => record, update },
    { logger: silentLogger },
  );
  listener = await listen(app, { port: 0, credentials: false }, { logger: silentLogger });
});
afterEach(() => listener.close());

const countsOf = () => devices.views()[0]?.calls;
const clientManager = () => new ClientManagerAPI({ baseUrl: `${listener.url}/devices/client-1` }, { env });
const serverManager = (taskId: string = TASK_ID, id = 'client-1') =>
  new ClientServerAPI(taskId, { baseUrl: `${listener.url}/devices/${id}` }, { env });
const managerOfServer = () => new ServerAPI(TASK_ID, { baseUrl: listener.url }, { env });

describe('a client', () => {
  test('is told the port once there is one', async () => {
    await expect(serverManager().getPort()).rejects.toMatchObject({ code: 'not-found' });

    record = { ...record, port: 4711 };

    await expect(serverManager().getPort()).resolves.toMatchObject({ port: 4711 });
    expect(countsOf()?.getPort).toBe(2);
  });

  test('is counted when it says how its training ended and that it leaves', async () => {
    await clientManager().getTrainFin();
    await clientManager().getClientOut();
    await clientManager().getTrainFail();

    expect(countsOf()).toEqual({ start: 0, online: 0, getPort: 0, trainFin: 1, clientOut: 1 });
  });

  test('gets an answer to its notices at the server manager, which count for nothing', async () => {
    await expect(serverManager().getTrainFin(notice)).resolves.toMatchObject({ state: 'train-finished' });
    await expect(serverManager().getTrainFail(notice)).resolves.toMatchObject({ state: 'train-failed' });
    await expect(serverManager().getClientOut(notice)).resolves.toMatchObject({ state: 'out' });

    expect(countsOf()).toEqual({ start: 0, online: 0, getPort: 0, trainFin: 0, clientOut: 0 });
  });

  test('reads what the manager knows', async () => {
    devices.seen('client-1', aSession('fitting'));

    await expect(clientManager().getInfo()).resolves.toMatchObject({
      task_id: 'mnist',
      client_online: true,
      client_training: true,
      FL_ready: false,
    });
  });

  test.each([
    ['of another task', () => serverManager('other').getPort()],
    ['that nobody knows', () => serverManager(TASK_ID, 'client-9').getPort()],
  ])('%s is not served', async (_, call) => {
    await expect(call()).rejects.toMatchObject({ code: 'not-found' });
    expect(countsOf()?.getPort).toBe(0);
  });
});

test('an FL server says that it is ready, and then which version it made', async () => {
  await managerOfServer().putServerStatus({ ...status });
  expect(record.status).toMatchObject({ FLSeReady: true, GL_Model_V: 1 });

  await managerOfServer().putFlRoundFin();
  expect(record.status).toMatchObject({ FLSeReady: false, GL_Model_V: 2, Last_GL_Model: 'V1' });
});

describe('watching a client', () => {
  const answer = { status: {} as never, session: aSession('idle') };
  const client = {
    clientId: clientId('client-1'),
    url: 'http://client',
    managerData: { server_ip: '127.0.0.1', client_mac: '02:00:00:00:00:01' },
  };

  /** Looks so many times; before each look, the script may change the world. */
  async function look(times: number, line: Partial<ClientLine>, isServerReady: (look: number) => boolean) {
    const stopped = new AbortController();
    let looks = 1;
    const clock = {
      now: () => 0,
      sleep: async () => {
        if (looks === times) stopped.abort();
        looks += 1;
      },
    };
    const whole = { online: async () => answer, start: async () => answer, ...line };
    await watchClient(
      { line: whole, devices, clock, isServerReady: () => isServerReady(looks) },
      client,
      stopped.signal,
    );
  }

  test('starts it once, with data that name no port, when the FL server is ready', async () => {
    const started: unknown[] = [];
    const start: ClientLine['start'] = async (...[, data]) => {
      started.push(data);
      return answer;
    };

    await look(4, { start }, (n) => n >= 2);

    expect(started).toEqual([{ server_ip: '127.0.0.1', client_mac: '02:00:00:00:00:01' }]);
    expect(countsOf()).toEqual({ ...ALL_CALLS, online: 4, getPort: 0, trainFin: 0, clientOut: 0 });
  });

  test('starts nobody who does not answer, and says so', async () => {
    const online: ClientLine['online'] = async () => {
      throw new FedOpsError('unavailable', 'the client does not answer');
    };

    await look(2, { online }, () => true);

    expect(devices.views()[0]).toMatchObject({ session: null, problem: 'the client does not answer' });
    expect(countsOf()).toMatchObject({ start: 0, online: 0 });
  });

  test('tries a start again that failed, and leaves one alone that takes part already', async () => {
    const errors = [new FedOpsError('unavailable', 'gone'), new FedOpsError('conflict', 'in a run already')];
    let attempts = 0;
    const start: ClientLine['start'] = async () => {
      attempts += 1;
      throw errors.shift() ?? new Error('one start too many');
    };

    await look(4, { start }, () => true);

    expect(attempts).toBe(2);
    expect(countsOf()?.start).toBe(0);
  });
});
