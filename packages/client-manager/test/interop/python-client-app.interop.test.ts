import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '@fedops/client-api';
import { silentLogger } from '@fedops/http-service';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type ClientManagerHandle, createClientManager } from '../../src/index.js';
import { type FakePythonServerManager, fakePythonServerManager } from '../fake-python-server-manager.js';
import { aFreePort, type PythonProcess, python } from './python-process.js';

const MAC = '02:00:00:00:00:98';

/** The machine's time, with waits cut to a tenth. */
const hasty: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Device {
  readonly server: FakePythonServerManager;
  readonly app: PythonProcess;
  readonly manager: ClientManagerHandle;
  /** Looks again and again until it is so. */
  until(condition: () => boolean): Promise<void>;
}

async function aDevice(vocabulary: string, outcome: string, limits: object = {}): Promise<Device> {
  const server = await fakePythonServerManager();
  const port = await aFreePort();
  const app = python('client_app.py', vocabulary, outcome, `http://127.0.0.1:${port}`, server.url);
  const { url } = (await app.told('listening')) as { url: string };
  const dataDir = await mkdtemp(join(tmpdir(), 'fedops-interop-'));
  closing.push(() => rm(dataDir, { recursive: true, force: true }));
  const manager = await createClientManager(
    { dataDir, clientUrl: url, serverManager: { url: server.url }, port, limits },
    { logger: silentLogger, clock: hasty, env: {} },
  );
  closing.push(() => manager.close());
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await until(() => manager.state().phase === 'waiting');
  return { server, app, manager, until };
}

describe.each(['old', 'current'])('our manager and a client app of Python, %s names', (vocabulary) => {
  it('go through two runs together, each started once', async () => {
    const { server, app, manager, until } = await aDevice(vocabulary, 'finish');
    for (const version of [3, 4]) {
      server.serverReady(version, `since ${version}`);
      await until(() => manager.state().last?.version === version);
      expect(manager.state().last?.end).toEqual({ state: 'train-finished' });
    }
    const starts = app.events.filter(({ event }) => event === 'started');
    const told = vocabulary === 'old' ? [4, 5] : [3, 4];
    expect(starts.map(({ version }) => version)).toEqual(told);
    expect(starts[0]).toMatchObject({
      server: '127.0.0.1:40026',
      body: { server_ip: '127.0.0.1:40026', client_mac: MAC },
    });
    expect(server.http.calls.filter(({ route }) => route.includes('FLSeClosed'))).toEqual([]);
    await until(() => server.device(MAC)?.Device_training === false);
    expect(app.events.filter(({ event }) => event === 'error')).toEqual([]);
  });

  it('know a failure for one', async () => {
    const { server, manager, until } = await aDevice(vocabulary, 'fail');
    server.serverReady(1);
    await until(() => manager.state().last !== null);
    expect(manager.state().last?.end).toMatchObject({ state: 'train-failed' });
  });

  it('keep the device registered while it trains, and part when the client goes', async () => {
    const { server, app, manager, until } = await aDevice(vocabulary, 'hang');
    server.serverReady(1);
    await until(() => manager.state().phase === 'training');
    const before = server.http.count('PUT /FLSe/RegisterFLTask');
    await until(() => server.http.count('PUT /FLSe/RegisterFLTask') > before + 2);
    expect(server.device(MAC)).toMatchObject({ Device_online: true, Device_training: true });
    await app.end();
    await until(() => manager.state().phase === 'seeking-client');
    expect(manager.state().last?.end).toEqual({ state: 'out' });
  });
});
