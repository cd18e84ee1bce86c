import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, test } from '@jest/globals';
import type { Children, ProcessToStart } from '../src/federation/children.js';
import { clientNames } from '../src/federation/client-names.js';
import { createDevices } from '../src/federation/devices.js';
import { joinWhenOneIsLost, killInNextRun } from '../src/federation/stage-mishap.js';
import { createStateHolder } from '../src/federation/state-holder.js';
import type { ChildMessage } from '../src/processes/messages.js';
import { A_DIGEST, aDevice, calls, clientId, someOptions, stateAfter } from './samples.js';

const [one, two] = clientNames(2) as [
  ReturnType<typeof clientNames>[number],
  ReturnType<typeof clientNames>[number],
];

interface Started {
  readonly process: ProcessToStart;
  readonly orders: object[];
  say(message: ChildMessage): void;
  /** As if the process had ended. */
  end(message: string): void;
  isKilled: boolean;
}

/** Processes that are ready at once, or never, and do as the test says. */
function fakeChildren({ ready = true } = {}) {
  const started: Started[] = [];
  const children: Children = {
    async start(process) {
      let end = (_message: string) => {};
      const ended = new Promise<FedOpsError>((resolve) => {
        end = (message) => resolve(new FedOpsError('unavailable', message));
      });
      const one: Started = {
        process,
        orders: [],
        say: (message) => process.onMessage?.(message),
        end,
        isKilled: false,
      };
      started.push(one);
      const url = `http://127.0.0.1:${started.length}`;
      return {
        name: process.name,
        pid: started.length,
        ready: ready
          ? Promise.resolve({ kind: 'ready', url, port: started.length })
          : ended.then((error) => Promise.reject(error)),
        ended,
        order: (order) => void one.orders.push(order),
        stop: async () => {},
        kill() {
          one.isKilled = true;
        },
      };
    },
    stopAll: async () => {},
    killAll: () => {},
  };
  return { children, started };
}

function setUp(processes = fakeChildren()) {
  const failures: string[] = [];
  const holder = createStateHolder(stateAfter(), { show: () => {} });
  const devices = createDevices(
    {
      children: processes.children,
      holder,
      fail: ({ message }) => void failures.push(message),
      print: () => {},
      signal: new AbortController().signal,
    },
    {
      options: someOptions(),
      serverManagerUrl: 'http://127.0.0.1:9',
      names: [one, two],
      ports: [11, 12, 13, 14],
    },
  );
  /** Starts the second device, whose manager says that it is free. */
  const start = async () => {
    const starting = devices.start(two);
    await turns();
    processes.started.at(-1)?.say({ kind: 'device', device: aDevice() });
    await starting;
  };
  return { ...processes, devices, holder, failures, start };
}

async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a device', () => {
  test('is a client app and its manager, which know of one another, and is there once that is free', async () => {
    const { started, start } = setUp();

    await start();

    expect(started.map(({ process }) => [process.kind, process.settings])).toMatchObject([
      [
        'client',
        {
          clientId: 'client-2',
          port: 13,
          clientManagerUrl: 'http://127.0.0.1:14',
          serverManagerUrl: 'http://127.0.0.1:9',
          trainer: { clients: 2, client: 1 },
        },
      ],
      ['client-manager', { clientId: 'client-2', port: 14, clientUrl: 'http://127.0.0.1:13' }],
    ]);
  });

  test('that cannot be started ends the demo', async () => {
    const { devices, started, failures } = setUp(fakeChildren({ ready: false }));
    const starting = devices.start(one);
    await turns();

    started[0]?.end('no such module');

    await expect(starting).rejects.toMatchObject({ code: 'unavailable', message: 'no such module' });
    expect(failures).toEqual(['no such module']);
  });

  test('whose client app ends is lost, and whose manager ends takes the demo with it', async () => {
    const { started, holder, failures, start } = setUp();
    await start();

    started[0]?.end('client-2 was ended by SIGKILL\nits log');
    await turns();
    expect([...holder.state().lost]).toEqual([['client-2', 'client-2 was ended by SIGKILL']]);
    expect(failures).toEqual([]);

    started[1]?.end('its manager exited');
    await turns();
    expect(failures).toEqual(['its manager exited']);
  });

  test('gets its client app back where it was, and is not lost any more', async () => {
    const { started, holder, devices, start } = setUp();
    await start();
    started[0]?.end('killed');
    await turns();

    await devices.restartLost();

    expect(started).toHaveLength(3);
    expect(started[2]?.process).toMatchObject({ kind: 'client', settings: { port: 13 } });
    expect(holder.state().lost.size).toBe(0);
  });

  test('that ends after the demo is not lost', async () => {
    const { started, holder, devices, start } = setUp();
    await start();
    devices.release();

    started[0]?.end('stopped');
    await turns();

    expect(holder.state().lost.size).toBe(0);
  });

  test('has its calls counted, those of an earlier process too', async () => {
    const { started, holder, start } = setUp();
    await start();
    const [event] = calls({ 'client-2': { online: 2 } });
    const told = event as Extract<typeof event, { kind: 'calls' }>;

    for (const process of started) process.say({ kind: 'calls', calls: told!.calls });

    expect(holder.state().calls.get(clientId('client-2'))).toMatchObject({ online: 4 });
  });
});

describe('the victim', () => {
  test('is told to hold its fit, and killed once it trains in the newest run', async () => {
    const { started, holder, devices, start } = setUp();
    await start();
    holder.dispatch({ kind: 'run-began', runId: 'r1', baseVersion: 0 });

    killInNextRun(two.clientId, { holder, devices });
    holder.dispatch({ kind: 'run-began', runId: 'r2', baseVersion: 1 });
    expect(started[0]).toMatchObject({ orders: [{ kind: 'hold-next-fit' }], isKilled: false });
    started[0]?.say({ kind: 'held', round: 1 });

    expect(started.map(({ isKilled }) => isKilled)).toEqual([true, false]);
    expect(holder.state().killed).toEqual({ clientId: 'client-2', runId: 'r2', round: 1 });
  });
});

describe('the device in reserve', () => {
  const lost = { kind: 'client-lost', clientId: two.clientId, how: 'killed' } as const;
  const joining = () => {
    const holder = createStateHolder(stateAfter(), { show: () => {} });
    let joins = 0;
    joinWhenOneIsLost(holder, clientId('client-3'), () => {
      joins += 1;
    });
    return { ...holder, joins: () => joins };
  };

  test('joins once, with the first that is lost in a run', () => {
    const { dispatch, state, joins } = joining();
    dispatch({ kind: 'run-began', runId: 'r1', baseVersion: 0 });

    dispatch(lost);
    dispatch({ ...lost, clientId: one.clientId });

    expect(joins()).toBe(1);
    expect(state().joined).toEqual({ clientId: 'client-3', runId: 'r1' });
  });

  test('does not join between runs', () => {
    const { dispatch, joins } = joining();

    dispatch(lost);
    dispatch({ kind: 'run-began', runId: 'r1', baseVersion: 0 });
    dispatch({ kind: 'run-published', runId: 'r1', published: { version: 1, sha256: A_DIGEST } });
    dispatch(lost);

    expect(joins()).toBe(0);
  });
});
