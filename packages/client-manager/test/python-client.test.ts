import { describe, expect, it } from '@jest/globals';
import { fakeClientApp } from './fake-client-app.js';
import { fakeServerManager } from './fake-server-manager.js';
import { aWorld } from './managers.js';

/** A client app of Python's on a device under our server manager. */
async function aDevice(style: 'python' | 'ours' = 'python') {
  const world = aWorld();
  const client = await fakeClientApp({ style });
  const server = await fakeServerManager();
  const limits = { startWithinMs: 60_000 };
  const manager = await world.manager({ clientUrl: client.url, serverManagerUrl: server.url, limits });
  await world.until(() => manager.state().phase === 'waiting');
  const startOf = () => client.http.calls.find(({ route }) => route === 'POST /start')?.body;
  return { world, client, server, manager, startOf };
}

describe('a client app of Python under our server manager', () => {
  it('is given the door for Flower clients as its server, beside the URL for others', async () => {
    const { world, server, manager, startOf } = await aDevice();
    server.offer('run-1', 1, '127.0.0.1:40126');
    await world.until(() => manager.state().phase === 'training');
    expect(startOf()).toMatchObject({ server_ip: '127.0.0.1:40126', server_url: 'http://127.0.0.1:9' });
  });

  it('is given no port that it could not use where the run has no door, and its failure says why', async () => {
    const { world, client, server, manager, startOf } = await aDevice();
    client.answerStart(500);
    server.offer('run-1');
    await world.until(() => manager.state().last?.runId === 'run-1');
    expect(startOf()).toMatchObject({ server_ip: '127.0.0.1' });
    expect(manager.state().last?.end).toMatchObject({
      state: 'train-failed',
      reason: { message: expect.stringMatching(/500.*no address for a client of Python's.*--flower/) },
    });
  });

  it('is not said to lack an address where it was given one', async () => {
    const { world, client, server, manager } = await aDevice();
    client.answerStart(500);
    server.offer('run-1', 1, '127.0.0.1:40126');
    await world.until(() => manager.state().last?.runId === 'run-1');
    expect(JSON.stringify(manager.state().last?.end)).not.toContain('address');
  });
});

it('a client app of ours that answers 500 is not said to lack an address', async () => {
  const { world, client, server, manager } = await aDevice('ours');
  client.answerStart(500);
  server.offer('run-1');
  await world.until(() => manager.state().last?.runId === 'run-1');
  expect(JSON.stringify(manager.state().last?.end)).not.toContain('address');
});
