import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type Activity,
  type ClientId,
  type ClientStatus,
  FedOpsError,
  type Registration,
} from '@fedops/shared-types';
import type { Clock, Timer } from '../clock.js';
import { inIdOrder } from './sample-clients.js';

export interface RegistrySettings {
  readonly leaseMs: number;
  /** Further clients get `overloaded`. */
  readonly maxClients: number;
}

/** A client as others may see it. */
export interface ClientSnapshot {
  readonly clientId: ClientId;
  readonly connection: 'connected' | 'lost' | 'left';
  readonly lastSeen: number;
  readonly status: ClientStatus;
  readonly activity: Activity | null;
}

/**
 * The clients of a run: who they are, when they were last heard, what they said of themselves.
 * Tokens and keys are kept as hashes only.
 */
export interface ClientRegistry {
  /**
   * Lets a client in, or back in, and returns its new token; its old one ends.
   *
   * @throws {FedOpsError} `conflict` while another holder of the id is alive, `overloaded` when full.
   */
  register(registration: Registration): string;
  /**
   * The client whose token this is; counts as being heard of it.
   *
   * @throws {FedOpsError} `unauthenticated` for no token or an unknown one.
   */
  authenticate(token: string | undefined): ClientId;
  heartbeat(client: ClientId, status: ClientStatus, activity: Activity): void;
  /** Counts the client as heard for as long as a request of it is held; returns the way to end that. */
  hold(client: ClientId): () => void;
  leave(client: ClientId): void;
  /** Those whose lease lives, in no order. */
  connected(): readonly ClientId[];
  snapshots(): readonly ClientSnapshot[];
  /** Stops watching leases. */
  close(): void;
}

interface Entry {
  readonly keyHash: Buffer;
  tokenHash: string;
  connection: 'connected' | 'lost' | 'left';
  lastSeen: number;
  status: ClientStatus;
  activity: Activity | null;
  /** Requests of this client that wait for an answer. */
  held: number;
}

/** Clients that are gone for so many leases are forgotten, so that memory does not grow with those who ever came. */
const FORGOTTEN_AFTER_LEASES = 20;

/** @param onConnectedChange Called when a client came, was lost or left. */
export function createClientRegistry(
  clock: Clock,
  settings: RegistrySettings,
  onConnectedChange: () => void,
): ClientRegistry {
  const entries = new Map<ClientId, Entry>();
  const clientOfToken = new Map<string, ClientId>();
  let sweep: Timer = clock.after(settings.leaseMs / 4, watchLeases);

  function watchLeases(): void {
    const now = clock.now();
    let lost = false;
    for (const [client, entry] of entries) {
      if (entry.held > 0) entry.lastSeen = now;
      const silentMs = now - entry.lastSeen;
      if (entry.connection === 'connected' && silentMs >= settings.leaseMs) {
        entry.connection = 'lost';
        lost = true;
      }
      if (silentMs >= FORGOTTEN_AFTER_LEASES * settings.leaseMs) forget(client, entry);
    }
    sweep = clock.after(settings.leaseMs / 4, watchLeases);
    if (lost) onConnectedChange();
  }

  function forget(client: ClientId, entry: Entry): void {
    clientOfToken.delete(entry.tokenHash);
    entries.delete(client);
  }

  function heard(entry: Entry): void {
    entry.lastSeen = clock.now();
    if (entry.connection === 'connected') return;
    entry.connection = 'connected';
    onConnectedChange();
  }

  return {
    register({ clientId, key, status }) {
      const keyHash = createHash('sha256').update(key).digest();
      const known = entries.get(clientId);
      if (known?.connection === 'connected' && !timingSafeEqual(known.keyHash, keyHash)) {
        throw new FedOpsError('conflict', 'a client with this id and another key is connected', {
          details: { retryAfterMs: Math.max(0, known.lastSeen + settings.leaseMs - clock.now()) },
        });
      }
      if (known === undefined && entries.size >= settings.maxClients) {
        throw new FedOpsError(
          'overloaded',
          `${settings.maxClients} clients are registered; no more are taken`,
          {
            details: { retryAfterMs: settings.leaseMs },
          },
        );
      }
      if (known !== undefined) clientOfToken.delete(known.tokenHash);
      const token = randomBytes(32).toString('base64url');
      const tokenHash = hashOf(token);
      clientOfToken.set(tokenHash, clientId);
      entries.set(clientId, {
        keyHash,
        tokenHash,
        connection: 'connected',
        lastSeen: clock.now(),
        status,
        activity: null,
        held: 0,
      });
      if (known?.connection !== 'connected') onConnectedChange();
      return token;
    },

    authenticate(token) {
      const client = token === undefined ? undefined : clientOfToken.get(hashOf(token));
      const entry = client === undefined ? undefined : entries.get(client);
      if (client === undefined || entry === undefined) {
        throw new FedOpsError('unauthenticated', 'expected the token of a registered client; register again');
      }
      heard(entry);
      return client;
    },

    heartbeat(client, status, activity) {
      const entry = entries.get(client);
      if (entry === undefined) return;
      entry.status = status;
      entry.activity = activity;
    },

    hold(client) {
      const entry = entries.get(client);
      if (entry === undefined) return () => {};
      entry.held++;
      return () => {
        entry.held--;
        entry.lastSeen = clock.now();
      };
    },

    leave(client) {
      const entry = entries.get(client);
      if (entry === undefined || entry.connection === 'left') return;
      clientOfToken.delete(entry.tokenHash);
      entry.connection = 'left';
      entry.activity = null;
      onConnectedChange();
    },

    connected: () => [...connectedIds(entries)],

    snapshots: () =>
      inIdOrder(entries.keys()).map((clientId) => {
        const { connection, lastSeen, status, activity } = entries.get(clientId)!;
        return { clientId, connection, lastSeen, status, activity };
      }),

    close: () => sweep.cancel(),
  };
}

function* connectedIds(entries: ReadonlyMap<ClientId, Entry>): Iterable<ClientId> {
  for (const [client, { connection }] of entries) if (connection === 'connected') yield client;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
