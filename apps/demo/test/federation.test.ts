import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { clientNames } from '../src/federation/client-names.js';
import type { DemoEvent } from '../src/federation/demo-state.js';
import { freePorts } from '../src/federation/free-ports.js';
import { mishapOf } from '../src/federation/mishap.js';
import { areAllSettled } from '../src/federation/settled.js';
import { createStateHolder } from '../src/federation/state-holder.js';
import { serverLimits } from '../src/fl-server/server-limits.js';
import { roundsAfter } from '../src/operator/rounds-after.js';
import { runSettings } from '../src/operator/run-settings.js';
import { aDevice, aRecord, clientId, someOptions, stateAfter } from './samples.js';

test('devices have the same names each time, in the order of their ids', () => {
  const names = clientNames(12);

  expect(names).toEqual(clientNames(12));
  expect(names.map(({ clientId }) => clientId).toSorted()).toEqual(names.map(({ clientId }) => clientId));
  expect(names[10]).toEqual({ index: 10, clientId: 'client-11', clientMac: '02:00:00:00:00:0b' });
  expect(new Set(names.map(({ clientMac }) => clientMac)).size).toBe(12);
});

test.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 2],
])('of %i clients, %i make a round, and as many as at the beginning begin it', (clients, quorum) => {
  expect(runSettings(someOptions({ clients }))).toMatchObject({
    quorum,
    clientsPerRound: { kind: 'all', atLeast: clients },
  });
});

test('with many clients on one machine each may be late', () => {
  expect(serverLimits({ kind: 'all', atLeast: 3 })).toMatchObject({ leaseMs: 5_000 });
  expect(serverLimits({ kind: 'all', atLeast: 64 })).toEqual({ leaseMs: 32_000, maxConcurrentUploads: 64 });
});

describe('the mishap', () => {
  const [one, two, three] = ['client-1', 'client-2', 'client-3'].map(clientId) as [never, never, never];

  test('meets the last client in the second run', () => {
    expect(mishapOf({ rounds: 2 }, [one, two, three])).toEqual({ run: 2, victim: three });
  });

  test('does not come where nobody would be left, or no round for another to join', () => {
    expect(mishapOf({ rounds: 2 }, [one])).toBeUndefined();
    expect(mishapOf({ rounds: 1 }, [one, two])).toBeUndefined();
  });
});

describe('free ports', () => {
  test('are different, and below those of outgoing connections', async () => {
    const ports = await freePorts(20);

    expect(new Set(ports).size).toBe(20);
    for (const port of ports) expect(port).toBeLessThan(32_768);
  });

  test('are those on which nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const range = { first: port, size: 1 };

    try {
      await expect(freePorts(1, range)).rejects.toMatchObject({ code: 'overloaded' });
    } finally {
      server.close();
      await once(server, 'close');
    }
  });
});

describe('past rounds of two views of a run', () => {
  const rounds = [1, 2, 3].map((round) => aRecord({ round, seconds: round }));

  test('are those that the later one has beyond the earlier one', () => {
    expect(roundsAfter(rounds.slice(0, 2), rounds)).toEqual(rounds.slice(2));
    expect(roundsAfter(rounds, rounds)).toEqual([]);
    expect(roundsAfter([], rounds)).toEqual(rounds);
  });

  test('are all of the later one where the earlier one is long forgotten', () => {
    expect(roundsAfter(rounds.slice(0, 1), rounds.slice(1))).toEqual(rounds.slice(1));
  });

  test('tell a failed round from the one that was tried again', () => {
    const outcome = { kind: 'failed', reason: 'quorum-not-met', message: 'too few' } as const;
    const failed = aRecord({ outcome });

    expect(roundsAfter([failed], [failed, aRecord()])).toEqual([aRecord()]);
  });
});

describe('a federation is done with a run', () => {
  const device = (id: string, ...changes: Parameters<typeof aDevice>): DemoEvent => ({
    kind: 'device',
    clientId: clientId(id),
    device: aDevice(...changes),
  });
  const done = { runId: 'r2', end: { state: 'train-finished', why: null }, isRunOver: true };
  const lost: DemoEvent = { kind: 'client-lost', clientId: clientId('client-2'), how: 'killed' };

  test('when each device knows its end and is free, or had no part', () => {
    const free = device('client-1', { last: done });

    expect(areAllSettled(stateAfter(free, device('client-2', { last: done })), 'r2')).toBe(true);
    expect(areAllSettled(stateAfter(free, device('client-2')), 'r2')).toBe(true);
    expect(areAllSettled(stateAfter(free), 'r2')).toBe(false);
  });

  test('not while a device trains, reports, or does not know that the run is over', () => {
    const free = device('client-1', { last: done });

    for (const changes of [
      { phase: 'training', reason: 'client-trains', last: { ...done, runId: 'r1' } },
      { phase: 'reporting', reason: 'not-told-yet', last: done },
      { reason: 'part-done', last: { ...done, isRunOver: false } },
    ]) {
      expect(areAllSettled(stateAfter(free, device('client-2', changes)), 'r2')).toBe(false);
    }
  });

  test('when the manager of a lost client has told how its part ended', () => {
    const away = { phase: 'seeking-client', reason: 'client-unreachable' };
    const told = { runId: 'r2', end: { state: 'train-failed', why: 'silent' }, isRunOver: false };
    const free = device('client-1', { last: done });

    expect(areAllSettled(stateAfter(free, lost, device('client-2', { ...away, last: told })), 'r2')).toBe(
      true,
    );
    expect(
      areAllSettled(
        stateAfter(free, lost, device('client-2', { ...away, last: { ...told, end: null } })),
        'r2',
      ),
    ).toBe(false);
  });
});

describe('waiting', () => {
  const wait = (signal = new AbortController().signal, withinMs = 60_000) => ({
    what: 'V2',
    withinMs,
    signal,
  });
  const holder = () => createStateHolder(stateAfter(), { show: () => {} });

  test('ends with the event that was waited for', async () => {
    const { until, dispatch } = holder();
    const waited = until(({ runs }) => runs.length === 2, wait());

    dispatch({ kind: 'run-began', runId: 'r1', baseVersion: 0 });
    dispatch({ kind: 'run-began', runId: 'r2', baseVersion: 1 });

    await expect(waited).resolves.toMatchObject({ runs: [{ runId: 'r1' }, { runId: 'r2' }] });
  });

  test('ends in time, naming what did not come', async () => {
    await expect(holder().until(() => false, wait(undefined, 1))).rejects.toMatchObject({
      code: 'deadline-exceeded',
      message: expect.stringContaining('V2'),
    });
  });

  test('ends with the reason of whoever ends the demo', async () => {
    const stopped = new AbortController();
    const waited = holder().until(() => false, wait(stopped.signal));

    stopped.abort(new Error('stopped'));

    await expect(waited).rejects.toThrow('stopped');
  });
});
