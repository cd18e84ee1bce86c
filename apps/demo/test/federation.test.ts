import { describe, expect, test } from '@jest/globals';
import { clientNames } from '../src/federation/client-names.js';
import { clientsToRestart } from '../src/federation/clients-to-restart.js';
import type { DemoEvent } from '../src/federation/demo-state.js';
import { createStateHolder } from '../src/federation/state-holder.js';
import { runPolicy } from '../src/processes/run-policy.js';
import { aRunState, clientId, stateAfter } from './samples.js';

test('clients have the same names each time, in the order of their ids', () => {
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
])('of %i clients, %i make a round, and all begin it', (clients, quorum) => {
  expect(runPolicy(clients)).toMatchObject({ policy: { quorum }, selection: { minConnected: clients } });
});

describe('a lost client', () => {
  const lost: DemoEvent = { kind: 'client-lost', clientId: clientId('client-2'), how: 'ended by SIGKILL' };
  const waiting: DemoEvent = { kind: 'run-state', state: aRunState({ phase: 'waiting-for-clients' }) };

  test('is wanted again when a round is to begin', () => {
    expect(clientsToRestart(stateAfter(lost, waiting))).toEqual(['client-2']);
  });

  test('is left alone while a round goes on, and once it is back', () => {
    expect(clientsToRestart(stateAfter(lost, { kind: 'run-state', state: aRunState() }))).toEqual([]);
    expect(
      clientsToRestart(stateAfter(lost, { kind: 'client-back', clientId: clientId('client-2') }, waiting)),
    ).toEqual([]);
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
    const waited = until(({ baseVersion }) => baseVersion === 2, wait());

    dispatch({ kind: 'run-began', baseVersion: 1 });
    dispatch({ kind: 'run-began', baseVersion: 2 });

    await expect(waited).resolves.toMatchObject({ baseVersion: 2 });
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
