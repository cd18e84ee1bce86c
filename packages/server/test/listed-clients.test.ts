import type { ClientId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { freshDirectory } from './directories.js';
import type { DoorClient } from './door-client.js';
import { rejectionOf } from './error-code.js';
import { closeNow, registered, startServer, takePart } from './federation.js';

const listed = (...ids: string[]) => ({ kind: 'listed' as const, ids: ids as ClientId[] });

describe('a run of listed clients', () => {
  it('refuses every other client when it comes, and trains with the listed ones alone', async () => {
    const server = await startServer({ clients: listed('b', 'a'), selection: { minConnected: 2 } });
    const refused = await server.client('stranger').register();
    expect([refused.status, refused.json.code]).toEqual([403, 'permission-denied']);
    expect(refused.json.details).toMatchObject({ runId: server.runId, reason: 'not-listed' });
    expect(server.view().clients).toEqual([]);

    const clients = await registered(server, 'a', 'b');
    await Promise.all(clients.map((client) => takePart(server, client)));
    expect(await server.finished).toMatchObject({ status: 'published', version: 1 });
    expect(server.view().history[0]!.participants.map(({ clientId }) => clientId)).toEqual(['a', 'b']);
  });

  it('says whom it waits for, and until when', async () => {
    const server = await startServer({
      clients: listed('c', 'a', 'b'),
      selection: { minConnected: 3 },
      policy: { waitForClientsMs: 60_000, retries: 0 },
    });
    const [a] = (await registered(server, 'a')) as [DoorClient];
    expect(server.view()).toMatchObject({
      listedClients: ['a', 'b', 'c'],
      state: { phase: 'waiting-for-clients', reason: 'too-few-clients', waitingFor: ['b', 'c'] },
    });
    expect(server.view().state.explanation).toMatch(/3 of the 3 listed clients are connected; 1 /);
    expect(server.view().state.deadline).not.toBeNull();
    await a.leave();
    expect(server.view().state.waitingFor).toEqual(['a', 'b', 'c']);

    await server.clock.advance(61_000);
    expect(await server.finished).toMatchObject({ status: 'failed', reason: 'too-few-clients' });
  });

  it('is of the same clients after a restart, and of no others', async () => {
    const dataDir = await freshDirectory();
    const plan = { dataDir, rounds: 2, selection: { minConnected: 2 } };
    const first = await startServer({ ...plan, clients: listed('a', 'b') });
    await registered(first, 'a');
    await closeNow(first);

    for (const clients of [listed('a', 'stranger'), { kind: 'any' } as const]) {
      const error = await rejectionOf(startServer({ ...plan, clients }));
      expect([error.code, error.details.changed]).toEqual(['conflict', ['clients']]);
    }

    const second = await startServer({ ...plan, clients: listed('b', 'a') });
    expect((await second.client('stranger').register()).status).toBe(403);
    const clients = await registered(second, 'a', 'b');
    await Promise.all(clients.map((client) => takePart(second, client)));
    expect(await second.finished).toMatchObject({ status: 'published' });
  });
});
