import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ClientManagerHandle } from '@fedops/client-manager';
import { expect, it } from '@jest/globals';
import { aClientManager, aServerManager, atEnd, prepareTask, type Server, until } from './real-services.js';

const CLIENT = fileURLToPath(new URL('./fixtures/client-process.mjs', import.meta.url));
const SHORT_LEASE = new URL('./fixtures/short-lease.mjs', import.meta.url).href;

type Point = 'download' | 'fit' | 'upload' | 'evaluation' | 'between rounds';

async function clientProcess(id: string, port: number, holdsAt?: Point) {
  const child = spawn(process.execPath, [CLIENT, id, String(port), holdsAt ?? ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  atEnd(() => killed(child));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const url: string = (await lines.next()).value;
  const held = async () => expect(await lines.next()).toEqual({ done: false, value: 'held' });
  return { child, url, port: Number(new URL(url).port), held };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

interface DeviceChoice {
  readonly holdsAt?: Point;
  readonly clientLeaseMs?: number;
}

/** A device that is registered; it trains at once where a run is on. */
async function aDevice(server: Server, id: string, { holdsAt, clientLeaseMs = 2_000 }: DeviceChoice = {}) {
  const client = await clientProcess(id, 0, holdsAt);
  const device = { id, clientUrl: client.url, serverManagerUrl: server.url, clientLeaseMs };
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

/** Both take part in a run that begins now. */
async function bothFinish(server: Server, devices: readonly { readonly manager: ClientManagerHandle }[]) {
  await until(() => devices.every(({ manager }) => manager.state().reason === 'no-run'));
  const runId = await startRun(server);
  await published(server, runId);
  const lastOf = () => devices.map(({ manager }) => manager.state().last);
  await until(() => lastOf().every((last) => last?.runId === runId));
  expect(lastOf().map((last) => last?.end)).toEqual(devices.map(() => ({ state: 'train-finished' })));
}

it.each([
  ['while it downloads the model', 'download', 1, 'fitting'],
  ['while it trains', 'fit', 1, 'fitting'],
  ['in the middle of its upload', 'upload', 1, 'fitting'],
  ['while it evaluates', 'evaluation', 1, 'evaluating'],
  ['after a round, before it asks for the work of the next', 'between rounds', 2, 'fitting'],
] as const)(
  'a client app that is killed %s fails its own part, and takes part in the next run',
  async (...[, holdsAt, round, phase]) => {
    const server = await aServerManager({ composition: SHORT_LEASE });
    await prepareTask(server, { rounds: round, clientsPerRound: { kind: 'all', atLeast: 2 }, quorum: 1 });
    const good = await aDevice(server, 'good');
    const bad = await aDevice(server, 'bad', { holdsAt });
    const first = await startRun(server);
    await bad.client.held();
    await until(async () => {
      const { state, openRound } = await server.ask('GET', `/v1/runs/${first}/view`);
      return state.phase === phase && openRound?.round === round;
    });
    await until(() => bad.manager.state().phase === 'training');
    await killed(bad.client.child);
    await published(server, first);
    await until(() => [good, bad].every(({ manager }) => manager.state().last?.runId === first));
    expect(bad.manager.state().last?.end).toMatchObject({
      state: 'train-failed',
      reason: { code: 'unavailable' },
    });
    expect(good.manager.state().last?.end).toEqual({ state: 'train-finished' });

    await clientProcess('bad', bad.client.port);
    await bothFinish(server, [good, bad]);
  },
  120_000,
);

it('a client app that hangs is missed at its lease, and takes part in the next run once it goes on', async () => {
  const server = await aServerManager({ composition: SHORT_LEASE });
  await prepareTask(server, { rounds: 1, clientsPerRound: { kind: 'all', atLeast: 2 }, quorum: 1 });
  const good = await aDevice(server, 'good');
  const bad = await aDevice(server, 'bad', { holdsAt: 'fit', clientLeaseMs: 12_000 });
  const first = await startRun(server);
  await bad.client.held();
  await until(() => bad.manager.state().phase === 'training');
  bad.client.child.kill('SIGSTOP');
  await until(() => bad.manager.state().reason === 'client-silent');
  expect(bad.manager.state()).toMatchObject({ phase: 'training', error: { code: 'deadline-exceeded' } });
  await published(server, first);
  await until(() => bad.manager.state().last?.runId === first);
  expect(bad.manager.state().last?.end).toMatchObject({
    state: 'train-failed',
    reason: { code: 'unavailable' },
  });

  bad.client.child.kill('SIGCONT');
  await bothFinish(server, [good, bad]);
}, 300_000);

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
}, 300_000);
