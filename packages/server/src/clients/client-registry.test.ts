import type { ClientId, ClientStatus, Registration, TaskId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { codeThrownBy, errorThrownBy } from '../../test/error-code.js';
import { fakeClock } from '../../test/fake-clock.js';
import { createClientRegistry } from './client-registry.js';

const LEASE_MS = 1_000;

function aRegistration(clientId: string, key = `the key of ${clientId}, secret`): Registration {
  return {
    protocolVersion: 1,
    taskId: 'task' as TaskId,
    clientId: clientId as ClientId,
    key,
    status: {} as ClientStatus,
  };
}

function aRegistry({ maxClients = 10 } = {}) {
  const clock = fakeClock();
  const told = { changes: 0, keys: [] as string[], presence: [] as string[] };
  const registry = createClientRegistry(
    clock,
    { leaseMs: LEASE_MS, maxClients },
    {
      connectedChanged: () => {
        told.changes++;
      },
      presenceChanged: (client, { connection }) => told.presence.push(`${client} ${connection}`),
      keyShown: (client) => told.keys.push(client),
    },
  );
  return { clock, registry, told };
}

const a = 'a' as ClientId;

describe('a lease', () => {
  it('ends a lease time after the client was last heard, and a request renews it', async () => {
    const { clock, registry, told } = aRegistry();
    const token = registry.register(aRegistration('a'));
    await clock.advance(LEASE_MS - 1);
    registry.authenticate(token);
    await clock.advance(LEASE_MS - 1);
    expect(registry.connected()).toEqual(['a']);
    await clock.advance(LEASE_MS / 4 + 1);
    expect(registry.connected()).toEqual([]);
    expect(registry.snapshots()).toMatchObject([{ clientId: 'a', connection: 'lost' }]);
    expect(told.changes).toBe(2);
  });

  it('does not end while a request is held, nor right after', async () => {
    const { clock, registry } = aRegistry();
    registry.register(aRegistration('a'));
    const release = registry.hold(a);
    await clock.advance(10 * LEASE_MS);
    release();
    await clock.advance(LEASE_MS - 1);
    expect(registry.connected()).toEqual(['a']);
    await clock.advance(LEASE_MS);
    expect(registry.connected()).toEqual([]);
  });

  it('that ended begins again with the same token', async () => {
    const { clock, registry, told } = aRegistry();
    const token = registry.register(aRegistration('a'));
    await clock.advance(2 * LEASE_MS);
    expect(registry.authenticate(token)).toBe('a');
    expect(registry.connected()).toEqual(['a']);
    expect(told.changes).toBe(3);
  });

  it('that ended long ago is forgotten, its token too', async () => {
    const { clock, registry } = aRegistry();
    const token = registry.register(aRegistration('a'));
    await clock.advance(22 * LEASE_MS);
    expect(registry.snapshots()).toEqual([]);
    expect(codeThrownBy(() => registry.authenticate(token))).toBe('unauthenticated');
  });

  it('is not watched any more after close', async () => {
    const { clock, registry } = aRegistry();
    registry.close();
    expect(clock.pending()).toBe(0);
  });
});

describe('an id', () => {
  it('belongs to its key while its client is there', async () => {
    const { clock, registry } = aRegistry();
    const token = registry.register(aRegistration('a'));
    const error = errorThrownBy(() => registry.register(aRegistration('a', 'the key of somebody else')));
    expect(error.code).toBe('conflict');
    expect(error.details).toEqual({ retryAfterMs: LEASE_MS });
    expect(registry.authenticate(token)).toBe('a');
    await clock.advance(2 * LEASE_MS);
    registry.register(aRegistration('a', 'the key of somebody else'));
    expect(codeThrownBy(() => registry.authenticate(token))).toBe('unauthenticated');
  });

  it('has one token at a time, and that of a client that left is no token', () => {
    const { registry } = aRegistry();
    const first = registry.register(aRegistration('a'));
    const second = registry.register(aRegistration('a'));
    expect(first).not.toBe(second);
    expect(codeThrownBy(() => registry.authenticate(first))).toBe('unauthenticated');
    registry.leave(a);
    registry.leave(a);
    expect(codeThrownBy(() => registry.authenticate(second))).toBe('unauthenticated');
    expect(registry.snapshots()).toMatchObject([{ connection: 'left', activity: null }]);
  });

  it.each([undefined, '', 'made up'])('is not given for the token %j', (token) => {
    const { registry } = aRegistry();
    registry.register(aRegistration('a'));
    expect(codeThrownBy(() => registry.authenticate(token))).toBe('unauthenticated');
  });

  it('shows a new key once', () => {
    const { registry, told } = aRegistry();
    registry.register(aRegistration('a'));
    registry.register(aRegistration('a'));
    registry.register(aRegistration('b'));
    expect(told.keys).toEqual(['a', 'b']);
  });
});

describe('the registry', () => {
  it('takes so many clients and no more, but those it knows', () => {
    const { registry } = aRegistry({ maxClients: 2 });
    for (const name of ['a', 'b', 'a', 'b']) registry.register(aRegistration(name));
    expect(codeThrownBy(() => registry.register(aRegistration('c')))).toBe('overloaded');
  });

  it('expects clients back after a restart, by their keys, for some time', async () => {
    const { clock, registry } = aRegistry();
    const before = aRegistry();
    let hash = '';
    createClientRegistry(
      before.clock,
      { leaseMs: LEASE_MS, maxClients: 1 },
      {
        connectedChanged: () => {},
        presenceChanged: () => {},
        keyShown: (_client, keyHash) => {
          hash = keyHash;
        },
      },
    ).register(aRegistration('a'));
    registry.expect({ clients: [a, 'b' as ClientId], knownKeys: new Map([[a, hash]]), withinMs: 5_000 });
    expect(registry.connected()).toEqual(['a', 'b']);
    expect(codeThrownBy(() => registry.register(aRegistration('a', 'the key of somebody else')))).toBe(
      'conflict',
    );
    registry.register(aRegistration('a'));
    const release = registry.hold(a);
    await clock.advance(2 * LEASE_MS);
    expect(registry.connected()).toContain('b');
    await clock.advance(5_000);
    release();
    expect(registry.connected()).toEqual(['a']);
  });

  it('lists clients in the order of ids, with what they said', () => {
    const { registry } = aRegistry();
    for (const name of ['b', 'a']) registry.register(aRegistration(name));
    registry.heartbeat('b' as ClientId, {} as ClientStatus, { kind: 'fitting', progress: 0.5 });
    expect(registry.snapshots()).toMatchObject([
      { clientId: 'a', activity: null },
      { clientId: 'b', activity: { kind: 'fitting', progress: 0.5 } },
    ]);
  });

  it('holds and beats for nobody it does not know', () => {
    const { registry } = aRegistry();
    registry.hold(a)();
    registry.heartbeat(a, {} as ClientStatus, { kind: 'waiting' });
    expect(registry.snapshots()).toEqual([]);
  });
});
