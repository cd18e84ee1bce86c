import type { ListenSettings } from '@fedops/http-service';
import {
  type ClientId,
  ClientIdSchema,
  FedOpsError,
  type ManagerData,
  ManagerDataSchema,
  parseWith,
  type TaskId,
  TaskIdSchema,
} from '@fedops/shared-types';
import { z } from 'zod';
import { firstMac, machineName } from '../device/device-labels.js';
import { type Environment, variable } from './environment.js';
import type { ManagerSettings } from './manager-settings.js';
import { hostsOfOverride, type ServerOverride, serverOverride } from './server-override.js';
import { type ServerPolicy, serverPolicy } from './server-policy.js';

/** What a task is configured with. Who it is, is told by `dataDir`, or by `clientId` and `key` together. */
export interface FLClientTaskSettings extends ManagerSettings {
  /** Where the client's id and key are kept; made there once. */
  readonly dataDir?: string;
  readonly clientId?: string;
  /** The client's own secret, 16 to 200 characters. */
  readonly key?: string;

  /** Base URL of the FL server. With it, or `serverIp`, a start needs no ManagerData. */
  readonly serverUrl?: string;
  /**
   * `host` or `host:port` of the FL server. Without it and `serverUrl`, `FEDOPS_AGGREGATION_SERVER` (`host:port`) says
   * where it is, or `FEDOPS_AGGREGATION_HOST` on which host, whatever a start says.
   */
  readonly serverIp?: string;
  /** Hosts that a start may connect to, besides loopback and those configured here. */
  readonly allowedHosts?: readonly string[];
  /** Shown to the FL server where it asks for an enrolment token. */
  readonly enrolmentToken?: string;
  /** How long to go on trying to reach the FL server; 120,000 by default. */
  readonly reconnectForMs?: number;

  /** Label of the device; by default the first hardware address of its network cards. Null for none. */
  readonly clientMac?: string | null;
  /** By default the host name. Null for none. */
  readonly clientName?: string | null;

  /** `127.0.0.1` by default. */
  readonly host?: string;
  /** Default: `FEDOPS_CLIENT_PORT`, else 8003. 0 for any free port. */
  readonly port?: number;
  /** Names under which callers reach this app, besides its own address: `host` or `host:port`. */
  readonly ownHosts?: readonly string[];
  /** Origins of web pages that may use it. */
  readonly allowedOrigins?: readonly string[];
  /**
   * Callers must show it as `Authorization: Bearer`; needed beyond loopback. 16 to 200 visible ASCII
   * characters.
   */
  readonly controlToken?: string;
  readonly tls?: NonNullable<ListenSettings['tls']>;
  /** Needed to listen beyond loopback without a token or without TLS. */
  readonly insecure?: boolean;
}

/** Settings as the parts of a task use them. */
export interface TaskSettings {
  readonly taskId: TaskId;
  readonly identity: IdentitySource;
  /** What a start without a body takes; undefined where no address is configured. */
  readonly configuredServer: Partial<Pick<ManagerData, 'server_ip' | 'server_url'>> | undefined;
  readonly policy: ServerPolicy;
  readonly override: ServerOverride;
  readonly enrolmentToken: string | undefined;
  readonly reconnectForMs: number | undefined;
  /** Undefined where neither a setting nor the machine has one, so that a manager may name it. */
  readonly clientMac: string | null | undefined;
  readonly clientName: string | null;
  readonly door: DoorSettings;
  readonly listen: ListenSettings;
}

/** Where a client's id and key come from. */
export type IdentitySource =
  | { readonly kind: 'directory'; readonly directory: string }
  | { readonly kind: 'given'; readonly clientId: ClientId; readonly key: string };

/** Who may use the routes of a client app. */
export interface DoorSettings {
  readonly listenHost: string;
  readonly ownHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly controlToken: string | undefined;
}

const secret = z.string().min(16).max(200);
const label = z.string().min(1).max(100);
const { server_ip: ServerIpSchema, server_url: ServerUrlSchema } = ManagerDataSchema.shape;

const SettingsSchema = z.object({
  taskId: TaskIdSchema,
  dataDir: z.string().min(1).optional(),
  clientId: ClientIdSchema.optional(),
  key: secret.optional(),
  serverUrl: ServerUrlSchema,
  serverIp: ServerIpSchema.optional(),
  allowedHosts: z.array(z.string()).default([]),
  enrolmentToken: z.string().min(1).optional(),
  reconnectForMs: z.number().min(0).optional(),
  clientMac: label.nullish(),
  clientName: label.nullish(),
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535),
  ownHosts: z.array(z.string()).default([]),
  allowedOrigins: z.array(z.string()).default([]),
  controlToken: secret.regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters').optional(),
  insecure: z.boolean().default(false),
});

/**
 * Settings checked and completed from the environment.
 *
 * @param managerUrls Base URLs of the configured managers: their hosts may be connected to as well.
 * @throws {FedOpsError} `invalid-argument`, naming each setting that is wrong.
 */
export function readTaskSettings(
  given: FLClientTaskSettings,
  env: Environment,
  managerUrls: readonly string[],
): TaskSettings {
  const { tls, manager: _manager, serverManager: _serverManager, ...plain } = given;
  const port = plain.port ?? Number(variable(env, 'FEDOPS_CLIENT_PORT') ?? 8003);
  const read = parseWith(SettingsSchema, { ...plain, port }, 'settings of the task');

  const { host, serverUrl, controlToken, ownHosts, allowedOrigins, insecure } = read;
  const servers = [serverUrl, read.serverIp].filter((server) => server !== undefined);
  const override: ServerOverride = servers.length > 0 ? { kind: 'none' } : serverOverride(env);
  return {
    taskId: read.taskId,
    identity: identityOf(read),
    configuredServer: servers.length === 0 ? undefined : serverData(serverUrl, read.serverIp),
    policy: serverPolicy([...servers, ...hostsOfOverride(override), ...read.allowedHosts, ...managerUrls]),
    override,
    enrolmentToken: read.enrolmentToken,
    reconnectForMs: read.reconnectForMs,
    clientMac: read.clientMac === undefined ? (firstMac() ?? undefined) : read.clientMac,
    clientName: read.clientName === undefined ? machineName() : read.clientName,
    door: { listenHost: host, ownHosts, allowedOrigins, controlToken },
    listen: {
      host,
      port: read.port,
      credentials: controlToken !== undefined,
      insecure,
      ...(tls === undefined ? {} : { tls }),
    },
  };
}

function identityOf({ dataDir, clientId, key }: z.output<typeof SettingsSchema>): IdentitySource {
  if (dataDir !== undefined && clientId === undefined && key === undefined) {
    return { kind: 'directory', directory: dataDir };
  }
  if (dataDir === undefined && clientId !== undefined && key !== undefined) {
    return { kind: 'given', clientId, key };
  }
  throw new FedOpsError(
    'invalid-argument',
    'settings of the task: expected dataDir, or clientId and key together',
  );
}

function serverData(
  url: string | undefined,
  ip: string | undefined,
): NonNullable<TaskSettings['configuredServer']> {
  return {
    ...(url === undefined ? {} : { server_url: url }),
    ...(ip === undefined ? {} : { server_ip: ip }),
  };
}
