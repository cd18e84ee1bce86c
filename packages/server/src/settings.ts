import { parseWith, RunClientsSchema, RunIdSchema, TaskIdSchema } from '@fedops/shared-types';
import { z } from 'zod';

const ms = z.int().min(1);
const MINUTE_MS = 60_000;
const KEPT_ROUNDS = 3;

const FieldsSchema = z.strictObject({
  taskId: TaskIdSchema,
  /** Names the run; `v{n+1}` where not given. */
  runId: RunIdSchema.optional(),
  rounds: z.int().min(1).max(1_000_000),
  /** The version that the run is to start from, 0 for the initial parameters; whatever is the newest where not given. */
  baseVersion: z.int().min(0).optional(),
  /** All randomness of the run derives from it: who is selected, and each client's seed. */
  seed: z.int().default(0),
  /** Holds models and the update spool; without it models are gone with the process. */
  dataDir: z.string().min(1).optional(),
  /** Who may take part: everybody, or who is listed. */
  clients: RunClientsSchema.default({ kind: 'any' }),
  selection: z
    .strictObject({
      /** Of the connected clients. */
      fraction: z.number().gt(0).max(1).default(1),
      minClients: z.int().min(1).default(1),
      /** A round begins when so many are connected. */
      minConnected: z.int().min(1).default(1),
    })
    .prefault({}),
  clientEvaluation: z
    .strictObject({
      /** Of the connected clients; 0 for none. */
      fraction: z.number().min(0).max(1).default(1),
    })
    .prefault({}),
  policy: z
    .strictObject({
      /** Fewest updates that make a round. */
      quorum: z.int().min(1).default(1),
      /** Asks more clients than selected, by this share; the round closes when as many as selected have delivered. */
      overSelection: z.number().min(0).max(10).default(0),
      /** When a round could close and clients are still at work: how long it waits for them yet; 0 to refuse what comes late. */
      lateUpdatesMs: z.int().min(0).default(0),
      retries: z.int().min(0).default(1),
      waitForClientsMs: ms.default(30 * MINUTE_MS),
      fitMs: ms.default(30 * MINUTE_MS),
      aggregateMs: ms.default(10 * MINUTE_MS),
      evaluateMs: ms.default(10 * MINUTE_MS),
      publishMs: ms.default(5 * MINUTE_MS),
    })
    .prefault({}),
  listen: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(8080),
      tls: z.strictObject({ key: z.string(), cert: z.string() }).optional(),
      allowedHosts: z.array(z.string()).default([]),
      allowedOrigins: z.array(z.string()).default([]),
      insecure: z.boolean().default(false),
    })
    .prefault({}),
  /** What a client shows to register. Needed beyond loopback. */
  enrolmentToken: z
    .string()
    .min(16)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces, as it travels in a header')
    .optional(),
  limits: z
    .strictObject({
      leaseMs: ms.default(15_000),
      maxClients: z.int().min(1).default(100_000),
      /** Of the HTTP door; further ones are closed at once. A client has one or two, each of which is an open file. */
      maxConnections: z.int().min(1).default(50_000),
      maxUpdateBytes: z
        .int()
        .min(1)
        .default(4 * 1024 ** 3),
      maxConcurrentUploads: z.int().min(1).default(16),
      /** An upload that is slower on average, after its first 30 s, ends with 408 and frees its slot; 0 for no limit. */
      minUploadBytesPerSecond: z.int().min(0).default(10_000),
      /** How many rounds' models stay in the store behind the newest: 3, or all of them where updates are kept. */
      keepRounds: z.int().min(1).optional(),
      /** Updates are private data, deleted once their round's model is durable. `keep` retains them in the data directory, to verify models with. */
      updates: z.enum(['delete', 'keep']).default('delete'),
      /** After a restart, clients that took part count as connected for so long. */
      returnWithinMs: ms.default(MINUTE_MS),
    })
    .prefault({})
    .transform((limits) => ({
      ...limits,
      keepRounds: limits.keepRounds ?? (limits.updates === 'keep' ? Number.MAX_SAFE_INTEGER : KEPT_ROUNDS),
    })),
});

/** What an FL server can be told as plain data. Durations in milliseconds, sizes in bytes. */
const FLServerSettingsSchema = FieldsSchema.superRefine(({ clients, selection, policy }, context) => {
  if (clients.kind === 'any') return;
  const needed = [
    { path: ['selection', 'minClients'], number: selection.minClients },
    { path: ['selection', 'minConnected'], number: selection.minConnected },
    { path: ['policy', 'quorum'], number: policy.quorum },
  ];
  for (const { path, number } of needed) {
    if (number <= clients.ids.length) continue;
    const message = `expected at most the number of listed clients, ${clients.ids.length}, got ${number}`;
    context.addIssue({ code: 'custom', path, message });
  }
});

/** What an FL server is told; everything but task and rounds has a default. */
export type FLServerSettings = z.input<typeof FLServerSettingsSchema>;
/** Settings with their defaults filled in. */
export type ResolvedServerSettings = z.output<typeof FLServerSettingsSchema>;

/** @throws {FedOpsError} `invalid-argument`, naming every setting that is wrong. */
export function resolveSettings(settings: FLServerSettings): ResolvedServerSettings {
  return parseWith(FLServerSettingsSchema, settings, 'settings of FLServer');
}
