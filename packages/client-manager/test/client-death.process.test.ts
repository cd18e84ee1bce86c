import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { aClientManager, aServerManager, atEnd, prepareTask, type Server, until } from './real-services.js';

const CLIENT = fileURLToPath(new URL('./fixtures/client-process.mjs', import.meta.url));
const SHORT_LEASE = new URL('./fixtures/short-lease.mjs', import.meta.url).href;

async function clientProcess(id: string, port: number, how: 'trains' | 'hangs') {
  const child = spawn(process.execPath, [CLIENT, id, String(port), how], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  atEnd(() => killed(child));
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, url, port: Number(new URL(url).port) };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A device that is registered; it trains at once where a run is on. */
async function aDevice(server: Server, id: string, how: 'trains' | 'hangs' = 'trains') {
  const client = await clientProcess(id, 0, how);
  const device = { id, clientUrl: client.url, serverManagerUrl: server.url, clientLeaseMs: 2_000 };
  const manager = await aClientManager(device);
  await until(() => ['waiting', 'training'].includes(manager.state().phase));
  return { client, manager };
}

async function startRun(server: Server): Promise<string> {
  return (await server.ask('POST', '/v1/tasks/mnist/runs')).runId;
}

async function published(server: Server, runId: string): Promise<void> {
  await until(async () => {
    const { state } = await server.ask('GET', `/v1/runs/${runId}`);
    if (state.status === 'failed') throw new Error(`${state.reason}: ${state.message}`);
    return state.status === 'published';
  });
}

it('a client app that is killed while it trains fails its own part, and takes part in the next run', async () => {
  const server = await aServerManager({ composition: SHORT_LEASE });
  await prepareTask(server, { rounds: 1, clientsPerRound: { kind: 'all', atLeast: 2 }, quorum: 1 });
  const good = await aDevice(server, 'good');
  const bad = await aDevice(server, 'bad', 'hangs');
  const first = await startRun(server);
  await until(() => bad.manager.state().phase === 'training');
  await until(async () => (await server.ask('GET', `/v1/runs/${first}/view`)).state.phase === 'fitting');
  await killed(bad.client.child);
  await published(server, first);
  await until(() => bad.manager.state().last?.runId === first);
  expect(bad.manager.state().last?.end).toMatchObject({ state: 'train-failed' });
  await until(() => good.manager.state().last?.end?.state === 'train-finished');

  await clientProcess('bad', bad.client.port, 'trains');
  await until(() => [good, bad].every(({ manager }) => manager.state().reason === 'no-run'));
  const second = await startRun(server);
  await published(server, second);
  await until(() => bad.manager.state().last?.runId === second);
  expect(bad.manager.state().last?.end).toEqual({ state: 'train-finished' });
}, 120_000);

it('a client app that is killed while it waits for the others is missed, and the run waits for others', async () => {
  const server = await aServerManager({ composition: SHORT_LEASE });
  await prepareTask(server, { rounds: 1, clientsPerRound: { kind: 'all', atLeast: 2 }, quorum: 1 });
  const early = await aDevice(server, 'early');
  const runId = await startRun(server);
  await until(() => early.manager.state().phase === 'training');
  await killed(early.client.child);
  await until(() => early.manager.state().last?.runId === runId);
  expect(early.manager.state().last?.end).toMatchObject({ state: 'train-failed' });
  expect((await server.ask('GET', `/v1/runs/${runId}`)).state.status).toBe('running');
  await aDevice(server, 'one');
  await aDevice(server, 'two');
  await published(server, runId);
}, 120_000);
