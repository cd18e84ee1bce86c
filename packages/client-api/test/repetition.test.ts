import { describe, expect, it } from '@jest/globals';
import { ClientManagerAPI, ClientServerAPI, ServerAPI } from '../src/index.js';
import { aFakeClock } from './fake-clock.js';
import { aDeadPort, aRemoteService, hangUp, json, type Reply, silence, text } from './remote-service.js';
import { managerInfo, notice, serverStatus, trainResult } from './samples.js';

interface Call {
  readonly answer: unknown;
  readonly make: (url: string, parts: ReturnType<typeof partsOf>) => Promise<unknown>;
}

const settings = { attemptTimeoutMs: 10_000, totalTimeoutMs: 20_000 };
const partsOf = (clock = aFakeClock()) => ({ env: {}, clock, random: () => 1 });
const noticeAnswer = { task_id: 'mnist', client_id: 'device-7', run_id: 'v1', state: 'out' };
const origin = { fl_task_id: 'mnist', client_mac: 'aa', gl_model_v: 2 };
const load = {
  client_mac: 'aa',
  gl_model_v: 2,
  network_sent: 1,
  network_recv: 2,
  disk: 3,
  runtime: 4,
  memory_rssMB: 5,
  memory_availableMB: 6,
  cpu: 7,
  cpu_threads: 8,
  memory: 9,
  memory_percent: 10,
  timestamp: 11,
};
const test = { client_mac: 'aa', round: 1, test_loss: 1, test_accuracy: 0, gl_model_v: 2 };
const evaluation = { round: 1, run_time_by_round: 3, gl_model_v: 2 };

function manager(answer: unknown, call: (api: ClientManagerAPI) => Promise<unknown>): Call {
  return { answer, make: (baseUrl, parts) => call(new ClientManagerAPI({ baseUrl, ...settings }, parts)) };
}
function client(answer: unknown, call: (api: ClientServerAPI) => Promise<unknown>): Call {
  const make: Call['make'] = (url, parts) =>
    call(new ClientServerAPI('mnist', { baseUrl: url, performanceUrl: url, ...settings }, parts));
  return { answer, make };
}
function server(answer: unknown, call: (api: ServerAPI) => Promise<unknown>): Call {
  const make: Call['make'] = (url, parts) =>
    call(new ServerAPI('mnist', { baseUrl: url, performanceUrl: url, ...settings }, parts));
  return { answer, make };
}

const freely: [string, Call][] = [
  ['getInfo', manager(managerInfo, (api) => api.getInfo())],
  ['getClientOut of the device', manager(managerInfo, (api) => api.getClientOut())],
  ['getPort', client({ port: 1 }, (api) => api.getPort())],
  ['getClientOut', client(noticeAnswer, (api) => api.getClientOut(notice))],
  ['getTrainFin', client(noticeAnswer, (api) => api.getTrainFin(notice))],
  ['getTrainFail', client(noticeAnswer, (api) => api.getTrainFail(notice))],
  [
    'putClusterAssign',
    client({ ok: true, cluster_id: 1 }, (api) => api.putClusterAssign({ client_mac: 'aa', cluster_id: 1 })),
  ],
  ['putServerStatus', server({ Server_Status: serverStatus }, (api) => api.putServerStatus(serverStatus))],
];

const ifUnheard: [string, Call][] = [
  ['getTrainFin of the device', manager(managerInfo, (api) => api.getTrainFin())],
  ['getTrainFail of the device', manager(managerInfo, (api) => api.getTrainFail())],
  [
    'putTrainResult',
    client({ train_result: { ...trainResult, ...origin } }, (api) => api.putTrainResult(trainResult)),
  ],
  ['putTestResult', client({ test_result: { ...test, ...origin } }, (api) => api.putTestResult(test))],
  [
    'putClientTimeResult',
    client({ client_time_result: { ...origin, operation_time: 1 } }, (api) =>
      api.putClientTimeResult({ client_mac: 'aa', gl_model_v: 2, operation_time: 1 }),
    ),
  ],
  ['putClientSystem', client({ client_system: { ...load, ...origin } }, (api) => api.putClientSystem(load))],
  ['putXaiResult', client({}, (api) => api.putXaiResult({}))],
  ['putFlRoundFin', server({ Server_Status: serverStatus }, (api) => api.putFlRoundFin())],
  [
    'putGlModelEvaluation',
    server({ gl_model_evaluation: { ...evaluation, fl_task_id: 'mnist' } }, (api) =>
      api.putGlModelEvaluation(evaluation),
    ),
  ],
  [
    'putServerTimeResult',
    server({}, (api) => api.putServerTimeResult({ server_operation_time: 1, gl_model_v: 2 })),
  ],
];

/** After these the service may have acted on the request. */
const maybeHeard: [string, Reply][] = [
  ['a connection that breaks', hangUp],
  ['408', text('', 408)],
  ['502', text('<html>', 502)],
  ['504', text('<html>', 504)],
];

describe.each([...freely, ...ifUnheard])('%s', (_name, { answer, make }) => {
  it.each([429, 503])('is sent again after %i', async (status) => {
    const service = await aRemoteService([text('', status), json(answer)]);

    await make(service.url, partsOf());

    expect(service.received).toHaveLength(2);
    expect(service.received[1]).toEqual(service.received[0]);
  });

  it('is sent again after a refused connection', async () => {
    const port = await aDeadPort();
    const services: Awaited<ReturnType<typeof aRemoteService>>[] = [];
    const clock = aFakeClock(async () => {
      services.push(await aRemoteService([json(answer)], { port }));
    });

    await make(`http://127.0.0.1:${port}`, partsOf(clock));

    expect(clock.waits).toEqual([250]);
    expect(services[0]?.received).toHaveLength(1);
  });

  it.each([400, 401, 403, 409, 422, 500])('is not sent again after %i', async (status) => {
    const service = await aRemoteService([text('', status), json(answer)]);

    await expect(make(service.url, partsOf())).rejects.toMatchObject({ details: { status, attempts: 1 } });
    expect(service.received).toHaveLength(1);
  });
});

describe.each(freely)('%s, which may come twice,', (_name, { answer, make }) => {
  it.each(maybeHeard)('is sent again after %s', async (_failure, reply) => {
    const service = await aRemoteService([reply, json(answer)]);

    await make(service.url, partsOf());

    expect(service.received).toHaveLength(2);
  });
});

describe.each(ifUnheard)('%s, which must not be acted on twice,', (_name, { answer, make }) => {
  it.each(maybeHeard)('is not sent again after %s', async (_failure, reply) => {
    const service = await aRemoteService([reply, json(answer)]);

    await expect(make(service.url, partsOf())).rejects.toMatchObject({ details: { attempts: 1 } });
    expect(service.received).toHaveLength(1);
  });
});

describe('a call that is not answered in time', () => {
  const impatient = { attemptTimeoutMs: 1_000, totalTimeoutMs: 20_000 };

  it('is sent again where it may come twice', async () => {
    const service = await aRemoteService([silence, json(managerInfo)]);

    await new ClientManagerAPI({ baseUrl: service.url, ...impatient }, partsOf()).getInfo();

    expect(service.received).toHaveLength(2);
  });

  it('is not sent again where it must not be acted on twice', async () => {
    const service = await aRemoteService([silence, json(managerInfo)]);
    const call = new ClientManagerAPI({ baseUrl: service.url, ...impatient }, partsOf()).getTrainFin();

    await expect(call).rejects.toMatchObject({
      code: 'deadline-exceeded',
      details: { attempts: 1, unheard: false },
    });
    expect(service.received).toHaveLength(1);
  });
});

describe('the waits of a call', () => {
  it('grow with full jitter, until the next would outlast the call', async () => {
    const service = await aRemoteService([text('', 503)]);
    const clock = aFakeClock();
    const parts = { env: {}, clock, random: () => 0.5 };
    const api = new ClientManagerAPI(
      { baseUrl: service.url, attemptTimeoutMs: 1_000, totalTimeoutMs: 2_000 },
      parts,
    );

    await expect(api.getInfo()).rejects.toMatchObject({ code: 'unavailable', details: { attempts: 5 } });
    expect(clock.waits).toEqual([125, 250, 500, 1_000]);
    expect(service.received).toHaveLength(5);
  });

  it.each([
    ['seconds', '3'],
    ['a date', 'Tue, 24 Nov 2026 00:00:03 GMT'],
  ])('honour Retry-After in %s', async (_form, header) => {
    const service = await aRemoteService([text('', 429, { 'retry-after': header }), json(managerInfo)]);
    const clock = aFakeClock();

    await new ClientManagerAPI({ baseUrl: service.url }, partsOf(clock)).getInfo();

    expect(clock.waits).toEqual([3_000]);
  });

  it('do not begin where Retry-After lies beyond the call', async () => {
    const service = await aRemoteService([text('', 429, { 'retry-after': '3600' }), json(managerInfo)]);
    const clock = aFakeClock();
    const call = new ClientManagerAPI({ baseUrl: service.url }, partsOf(clock)).getInfo();

    await expect(call).rejects.toMatchObject({ code: 'overloaded', details: { retryAfterMs: 3_600_000 } });
    expect(clock.waits).toEqual([]);
    expect(service.received).toHaveLength(1);
  });

  it('end with an abort', async () => {
    const stop = new AbortController();
    const service = await aRemoteService([text('', 503)]);
    const clock = aFakeClock(() => stop.abort());
    const call = new ClientManagerAPI({ baseUrl: service.url }, partsOf(clock)).getInfo({
      signal: stop.signal,
    });

    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    expect(service.received).toHaveLength(1);
  });
});
