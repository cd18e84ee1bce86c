import type { Environment } from '@fedops/client-api';
import type { ListenSettings } from '@fedops/http-service';
import { BaseUrlSchema, type ClientId, ClientIdSchema, parseWith, TaskIdSchema } from '@fedops/shared-types';
import { z } from 'zod';
import { variable } from './environment.js';
import type { Limits } from './state/limits.js';
import type { Api } from './state/manager-state.js';

/** What a client manager is configured with. */
export interface ClientManagerSettings {
  /** Where the device's identity and the state are kept. */
  readonly dataDir: string;
  /** Of the client app; default: loopback at `FEDOPS_CLIENT_PORT`, else 8003. */
  readonly clientUrl?: string;
  /** The client app's control token, where it has one. */
  readonly clientToken?: string;
  readonly serverManager?: {
    /** Default: `FEDOPS_SERVER_MANAGER_URL`. */
    readonly url?: string;
    /** Shown at registration, where the server manager asks for one. */
    readonly token?: string;
    /** Which of its routes to use; `auto` finds out. */
    readonly api?: 'auto' | Api;
  };
  /** A client app of another task is left alone. Default: the client app's own task. */
  readonly taskId?: string;
  /** Stands in place of the id that the data directory keeps. */
  readonly deviceId?: string;
  /** Under which id the client app takes part, where that differs from the device's. */
  readonly clientId?: string;
  /** Labels; by default those that the client app shows. */
  readonly mac?: string;
  readonly name?: string;
  /** How long each thing may take. */
  readonly limits?: Partial<Limits>;

  /** `127.0.0.1` by default. */
  readonly host?: string;
  /** 8004 by default; 0 for any free port. */
  readonly port?: number;
  /** Names under which callers reach this manager, besides its own address: `host` or `host:port`. */
  readonly ownHosts?: readonly string[];
  /** Origins of web pages that may use it. */
  readonly allowedOrigins?: readonly string[];
  /** Callers must show it as `Authorization: Bearer`; needed beyond loopback. Python's clients cannot. */
  readonly controlToken?: string;
  readonly tls?: NonNullable<ListenSettings['tls']>;
  /** Needed to listen beyond loopback without a token or without TLS. */
  readonly insecure?: boolean;
}

/** Settings as the parts use them. */
export interface ReadSettings {
  readonly dataDir: string;
  readonly client: {
    readonly url: string;
    readonly token: string | undefined;
    readonly taskId: string | undefined;
  };
  readonly serverManager: {
    readonly url: string;
    readonly token: string | undefined;
    readonly api: 'auto' | Api;
  };
  readonly deviceId: ClientId | undefined;
  readonly labels: {
    readonly clientId: string | null;
    readonly mac: string | undefined;
    readonly name: string | undefined;
  };
  readonly limits: Limits;
  readonly door: DoorSettings;
  readonly listen: ListenSettings;
}

/** Who may use the routes. */
export interface DoorSettings {
  readonly listenHost: string;
  readonly ownHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly controlToken: string | undefined;
}

const token = z
  .string()
  .max(500)
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters');
const label = z.string().min(1).max(100);
const ms = z
  .number()
  .min(1)
  .max(2 ** 31 - 1);
const HOUR_MS = 3_600_000;

const SettingsSchema = z.object({
  dataDir: z.string().min(1),
  clientUrl: BaseUrlSchema,
  clientToken: token.optional(),
  serverManager: z.object({
    url: BaseUrlSchema,
    token: token.optional(),
    api: z.enum(['auto', 'v1', 'legacy']).default('auto'),
  }),
  taskId: TaskIdSchema.optional(),
  deviceId: ClientIdSchema.optional(),
  clientId: ClientIdSchema.optional(),
  mac: label.optional(),
  name: label.optional(),
  limits: z
    .object({
      clientLeaseMs: ms.default(30_000),
      startWithinMs: ms.default(2 * 60_000),
      trainWithinMs: ms.default(24 * HOUR_MS),
      runEndGraceMs: ms.default(60_000),
      reportForMs: ms.default(10 * 60_000),
    })
    .prefault({}),
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8004),
  ownHosts: z.array(z.string()).default([]),
  allowedOrigins: z.array(z.string()).default([]),
  controlToken: token.min(16).optional(),
  insecure: z.boolean().default(false),
});

/**
 * Settings checked and completed from the environment.
 *
 * @throws {FedOpsError} `invalid-argument`, naming each setting that is wrong.
 */
export function readSettings(given: ClientManagerSettings, env: Environment): ReadSettings {
  const { tls, ...plain } = given;
  const clientPort = variable(env, 'FEDOPS_CLIENT_PORT') ?? '8003';
  const serverManager = {
    ...plain.serverManager,
    url: plain.serverManager?.url ?? variable(env, 'FEDOPS_SERVER_MANAGER_URL'),
  };
  const clientUrl = plain.clientUrl ?? `http://127.0.0.1:${clientPort}`;
  const read = parseWith(
    SettingsSchema,
    { ...plain, clientUrl, serverManager },
    'settings of the client manager',
  );
  const { host, port, ownHosts, allowedOrigins, controlToken, insecure } = read;
  return {
    dataDir: read.dataDir,
    client: { url: withoutSlash(read.clientUrl), token: read.clientToken, taskId: read.taskId },
    serverManager: {
      url: withoutSlash(read.serverManager.url),
      token: read.serverManager.token,
      api: read.serverManager.api,
    },
    deviceId: read.deviceId,
    labels: { clientId: read.clientId ?? null, mac: read.mac, name: read.name },
    limits: read.limits,
    door: { listenHost: host, ownHosts, allowedOrigins, controlToken },
    listen: {
      host,
      port,
      credentials: controlToken !== undefined,
      insecure,
      ...(tls === undefined ? {} : { tls }),
    },
  };
}

function withoutSlash(url: string): string {
  return new URL(url).href.replace(/\/+$/, '');
}
