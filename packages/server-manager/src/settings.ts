import { isLoopback } from '@fedops/http-service';
import { parseWith } from '@fedops/shared-types';
import { z } from 'zod';

const port = z.int().min(1).max(65_535);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ageMs = z.int().min(MINUTE_MS).nullable();

const portsSchema = z.union([
  z.literal('any'),
  z
    .strictObject({ first: port, last: port })
    .refine(({ first, last }) => first <= last, 'first must not be above last'),
]);
type Ports = z.output<typeof portsSchema>;

function overlap(a: Ports, b: Ports): boolean {
  return a !== 'any' && b !== 'any' && a.first <= b.last && b.first <= a.last;
}

/** What a server manager can be told as plain data. Durations in milliseconds, sizes in bytes. */
const ServerManagerSettingsSchema = z.strictObject({
  /** Holds the store, the models and the logs of FL servers. */
  dataDir: z.string().min(1),
  listen: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      /** 0 for any free port. */
      port: z.int().min(0).max(65_535).default(40_019),
      tls: z.strictObject({ key: z.string(), cert: z.string() }).optional(),
      allowedHosts: z.array(z.string()).default([]),
      allowedOrigins: z.array(z.string()).default([]),
      insecure: z.boolean().default(false),
    })
    .prefault({}),
  /** What an operator shows. Without it everybody who can reach the manager is one; needed beyond loopback. */
  adminToken: z.string().min(16).optional(),
  /** What a device shows to enrol, and callers of the routes of Python's managers on each request. Needed beyond loopback. */
  deviceToken: z.string().min(16).optional(),
  /** FL servers that the manager starts. */
  servers: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      /** Their certificate, for the name by which clients reach them, and its key; in PEM. Needed beyond loopback. */
      tls: z.strictObject({ key: z.string(), cert: z.string() }).optional(),
      /** Under which name clients reach them; `host` where not given. */
      publicHost: z.string().min(1).optional(),
      /** `any`: the system chooses. */
      ports: portsSchema.default({ first: 40_026, last: 40_125 }),
      /**
       * A door for Python's Flower and FedOps clients in each of them, with the certificate above; none by default.
       * Whoever reaches it takes part: beyond loopback it needs `insecure`.
       */
      flower: z
        .strictObject({
          /** URL of a module that exports `flowerDoor`, such as `import.meta.resolve('@fedops/flower-door')`. */
          module: z.url(),
          ports: portsSchema.default({ first: 40_126, last: 40_225 }),
        })
        .optional(),
      allowedHosts: z.array(z.string()).default([]),
      allowedOrigins: z.array(z.string()).default([]),
      /** What clients show to an FL server to register. Needed beyond loopback. */
      enrolmentToken: z.string().min(16).optional(),
      /**
       * URL of a module, such as `new URL('./parts.js', import.meta.url).href`, that brings further parts to each of them
       * by exporting `composeServer`: see `ComposeServer`.
       */
      composition: z.url().optional(),
      insecure: z.boolean().default(false),
    })
    .refine(({ ports, flower }) => flower === undefined || !overlap(ports, flower.ports), {
      path: ['flower', 'ports'],
      message: 'must not overlap with servers.ports',
    })
    .refine(({ host, flower, insecure }) => flower === undefined || insecure || isLoopback(host), {
      path: ['flower'],
      message: "Flower's clients carry no credentials: beyond loopback this needs servers.insecure",
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** A device counts as online for so long after each of its requests. */
      leaseMs: z
        .int()
        .min(1_000)
        .default(MINUTE_MS / 2),
      maxDevices: z.int().min(1).default(100_000),
      /** Further ones are closed at once; each is an open file. */
      maxConnections: z.int().min(1).default(50_000),
      maxTasks: z.int().min(1).default(10_000),
      /** Polls of devices that wait for something to do; each costs about 24 kB. */
      maxHeldPolls: z.int().min(1).default(20_000),
      /** Streams of runs' events, which are passed on from FL servers; each holds two sockets. */
      maxEventStreams: z.int().min(1).default(256),
      /** Of one address; a proxy before the manager is one. */
      maxEventStreamsPerAddress: z.int().min(1).default(64),
      maxModelBytes: z
        .int()
        .min(1)
        .default(1024 ** 3),
    })
    .prefault({}),
  /** What goes by itself once it is so old, or more than so many; null keeps it for ever. Models, tasks, devices and runs stay. */
  retention: z
    .strictObject({
      /** Rows of measurements, by when they came. */
      metricsMs: ageMs.default(90 * DAY_MS),
      /** Rows of measurements of a task; the oldest go as more come. */
      metricRowsPerTask: z.int().min(1).nullable().default(250_000),
      /** Logs of FL servers, by when their run ended. */
      logsMs: ageMs.default(30 * DAY_MS),
    })
    .prefault({}),
});

/** What a server manager is told; everything but `dataDir` has a default. */
export type ServerManagerSettings = z.input<typeof ServerManagerSettingsSchema>;
/** Settings with their defaults filled in. */
export type ResolvedManagerSettings = z.output<typeof ServerManagerSettingsSchema>;

/** @throws {FedOpsError} `invalid-argument`, naming every setting that is wrong. */
export function resolveSettings(settings: ServerManagerSettings): ResolvedManagerSettings {
  return parseWith(ServerManagerSettingsSchema, settings, 'settings of the server manager');
}
