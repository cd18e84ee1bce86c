import { createHash, randomBytes } from 'node:crypto';
import { sameSecret } from '@fedops/http-service';
import {
  type Activity,
  type ClientId,
  type ClientStatus,
  FedOpsError,
  type Registration,
  type Sha256,
} from '@fedops/shared-types';
import type { Clock, Timer } from '../clock.js';
import { inIdOrder } from './sample-clients.js';

/** How long a lease lives, in milliseconds, and how many clients are taken. */
export interface RegistrySettings {
  readonly leaseMs: number;
  /** Further clients get `overloaded`. */
  readonly maxClients: number;
}

/** Whether the lease of a client lives, has run out, or was given back. */
export type Connection = 'connected' | 'lost' | 'left';

/** A client as others may see it. */
export interface ClientSnapshot {
  readonly clientId: ClientId;
  readonly connection: Connection;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
  readonly status: ClientStatus | null;
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
  /** Counts clients as connected before they are. */
  expect(expected: ExpectedClients): void;
  /** Stops watching leases. */
  close(): void;
}

interface Entry {
  /** Null while nobody has shown a key for this id. */
  readonly keyHash: Sha256 | null;
  /** Null for a client that is expected back after a restart: its token was another process's. */
  readonly tokenHash: string | null;
  connection: Connection;
  lastSeen: number;
  leaseUntil: number;
  status: ClientStatus | null;
  activity: Activity | null;
  /** Requests of this client that wait for an answer. */
  held: number;
}

/** Clients that are gone for so many leases are forgotten, so that memory does not grow with those who ever came. */
const FORGOTTEN_AFTER_LEASES = 20;

/** How a client stands with the server, and what its device calls itself; null where it says nothing. */
export interface Presence {
  readonly connection: Connection | 'forgotten';
  readonly name: string | null;
}

/** What the registry tells others. */
export interface RegistryListeners {
  /** A client came, was lost or left. */
  connectedChanged(): void;
  /** The same at once and for one client; also when it comes under another name, or is forgotten at last. */
  presenceChanged(client: ClientId, presence: Presence): void;
  /** A client showed this key, as SHA-256, for the first time. */
  keyShown(client: ClientId, keyHash: Sha256): void;
}

/** Clients that took part before a restart: they count as connected for some time, so that they can come back. */
export interface ExpectedClients {
  readonly clients: Iterable<ClientId>;
  readonly knownKeys: ReadonlyMap<ClientId, Sha256>;
  readonly withinMs: number;
}

export function createClientRegistry(
  clock: Clock,
  settings: RegistrySettings,
  { connectedChanged, presenceChanged, keyShown }: RegistryListeners,
): ClientRegistry {
  const entries = new Map<ClientId, Entry>();
  const clientOfToken = new Map<string, ClientId>();
  let sweep: Timer = clock.after(settings.leaseMs / 4, watchLeases);

  function watchLeases(): void {
    const now = clock.now();
    let lost = false;
    for (const [client, entry] of entries) {
      if (entry.held > 0) renewLease(entry);
      if (entry.connection === 'connected' && now >= entry.leaseUntil) {
        become(client, entry, 'lost');
        lost = true;
      }
      if (now - entry.leaseUntil < FORGOTTEN_AFTER_LEASES * settings.leaseMs) continue;
      forget(client, entry);
      presenceChanged(client, { connection: 'forgotten', name: nameOf(entry) });
    }
    sweep = clock.after(settings.leaseMs / 4, watchLeases);
    if (lost) connectedChanged();
  }

  function forget(client: ClientId, entry: Entry): void {
    if (entry.tokenHash !== null) clientOfToken.delete(entry.tokenHash);
    entries.delete(client);
  }

  function renewLease(entry: Entry): void {
    entry.lastSeen = clock.now();
    entry.leaseUntil = entry.lastSeen + settings.leaseMs;
  }

  function become(client: ClientId, entry: Entry, connection: Connection): void {
    entry.connection = connection;
    presenceChanged(client, { connection, name: nameOf(entry) });
  }

  function heard(client: ClientId, entry: Entry): void {
    renewLease(entry);
    if (entry.connection === 'connected') return;
    become(client, entry, 'connected');
    connectedChanged();
  }

  return {
    register({ clientId, key, status }) {
      const keyHash = createHash('sha256').update(key).digest('hex');
      const known = entries.get(clientId);
      const isKnownKey = known !== undefined && known.keyHash !== null && sameSecret(known.keyHash, keyHash);
      if (known?.connection === 'connected' && known.keyHash !== null && !isKnownKey) {
        throw new FedOpsError('conflict', 'a client with this id and another key is connected', {
          details: { retryAfterMs: Math.max(0, known.leaseUntil - clock.now()) },
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
      if (known !== undefined) forget(clientId, known);
      const token = randomBytes(32).toString('base64url');
      const tokenHash = hashOf(token);
      clientOfToken.set(tokenHash, clientId);
      const lease = { lastSeen: clock.now(), leaseUntil: clock.now() + settings.leaseMs };
      const entry: Entry = {
        keyHash,
        tokenHash,
        connection: 'connected',
        ...lease,
        status,
        activity: null,
        held: 0,
      };
      entries.set(clientId, entry);
      if (known?.connection !== 'connected' || nameOf(known) !== nameOf(entry)) {
        presenceChanged(clientId, { connection: 'connected', name: nameOf(entry) });
      }
      if (!isKnownKey) keyShown(clientId, keyHash);
      if (known?.connection !== 'connected') connectedChanged();
      return token;
    },

    authenticate(token) {
      const client = token === undefined ? undefined : clientOfToken.get(hashOf(token));
      const entry = client === undefined ? undefined : entries.get(client);
      if (client === undefined || entry === undefined) {
        throw new FedOpsError('unauthenticated', 'expected the token of a registered client; register again');
      }
      heard(client, entry);
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
        renewLease(entry);
      };
    },

    leave(client) {
      const entry = entries.get(client);
      if (entry === undefined || entry.connection === 'left') return;
      if (entry.tokenHash !== null) clientOfToken.delete(entry.tokenHash);
      become(client, entry, 'left');
      entry.activity = null;
      connectedChanged();
    },

    expect({ clients, knownKeys, withinMs }) {
      const lease = { lastSeen: clock.now(), leaseUntil: clock.now() + withinMs };
      for (const client of clients) {
        const keyHash = knownKeys.get(client) ?? null;
        const nothingYet = { tokenHash: null, status: null, activity: null, held: 0 };
        entries.set(client, { keyHash, connection: 'connected', ...lease, ...nothingYet });
      }
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

function nameOf({ status }: Entry): string | null {
  return status?.FL_client_name ?? null;
}

function* connectedIds(entries: ReadonlyMap<ClientId, Entry>): Iterable<ClientId> {
  for (const [client, { connection }] of entries) if (connection === 'connected') yield client;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
