import { type ClientAppHandle, FLClientTask } from '@fedops/client-app';
import { workerTrainer } from '@fedops/client-session/node';
import { silentLogger } from '@fedops/http-service';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type FakeFlServer, fakeFlServer } from './fake-fl-server.js';

const TRAINER = new URL('./fixtures/burning-trainer.mjs', import.meta.url);
const ADDRESS = { server_ip: '127.0.0.1:8080', client_mac: '02:00:00:00:00:07' };

/** Longer than a test may take. */
const NEVER_MS = 3_600_000;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function aClientThatBurns(burnMs: number): Promise<{ app: ClientAppHandle; server: FakeFlServer }> {
  const server = fakeFlServer();
  const trainer = workerTrainer(TRAINER, { data: { burnMs } });
  const task = new FLClientTask(
    { taskId: 'mnist', clientId: 'device-7', key: 'a key of the client', port: 0, trainer },
    { logger: silentLogger, env: {}, createTransport: () => server.transport },
  );
  const app = await task.start();
  closing.push(
    () => app.close(),
    () => trainer.close(),
  );
  return { app, server };
}

async function post(app: ClientAppHandle, path: string, body?: object): Promise<number> {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  const answer = await fetch(`${app.url}${path}`, { method: 'POST', ...json });
  await answer.arrayBuffer();
  return answer.status;
}

async function phaseOf(app: ClientAppHandle): Promise<string> {
  const answer = await fetch(`${app.url}/online`);
  const { session } = (await answer.json()) as { session: { phase: string } };
  return session.phase;
}

/** Asks `/online` without a pause until it shows the phase. */
async function watchUntil(app: ClientAppHandle, phase: string): Promise<void> {
  while ((await phaseOf(app)) !== phase);
}

describe('a device whose trainer burns CPU without yielding', () => {
  it('answers /online all the time', async () => {
    const { app, server } = await aClientThatBurns(NEVER_MS);
    server.fit(1);
    expect(await post(app, '/start', ADDRESS)).toBe(200);
    await watchUntil(app, 'fitting');
    for (let asked = 0; asked < 50; asked++) expect(await phaseOf(app)).toBe('fitting');
  });

  it('stops when it is told to, long before the trainer would have', async () => {
    const { app, server } = await aClientThatBurns(NEVER_MS);
    server.fit(1);
    await post(app, '/start', ADDRESS);
    await watchUntil(app, 'fitting');
    expect(await post(app, '/stop')).toBe(200);
    await watchUntil(app, 'idle');
    expect(server.hasLeft()).toBe(true);
    expect(server.results).toEqual([]);
  });

  it('trains again after such a stop', async () => {
    const { app, server } = await aClientThatBurns(500);
    server.fit(1);
    await post(app, '/start', ADDRESS);
    await watchUntil(app, 'fitting');
    await post(app, '/stop');
    await watchUntil(app, 'idle');
    server.fit(1);
    server.finish();
    expect(await post(app, '/start', ADDRESS)).toBe(200);
    await watchUntil(app, 'finished');
    expect(server.results.map(({ kind }) => kind)).toEqual(['update']);
  });
});
