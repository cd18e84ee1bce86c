import { z } from 'zod';
import { RunClientsSchema } from '../run-clients.js';
import { ConfigSchema } from '../scalars.js';

const ms = z
  .int()
  .min(1)
  .max(366 * 24 * 60 * 60 * 1000);
const HOUR_MS = 60 * 60 * 1000;

/** How updates become the next model; each `kind` is a strategy of `@fedops/strategies`. */
const StrategySettingsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fedavg') }),
  z.strictObject({
    kind: z.literal('fedavgm'),
    /** β, from 0 to below 1. */
    momentum: z.number().min(0).lt(1),
    /** η, above 0. */
    serverLearningRate: z.number().gt(0).default(1),
  }),
]);
export type StrategySettings = z.output<typeof StrategySettingsSchema>;

/** Who takes part in a round. */
const ClientsPerRoundSchema = z.discriminatedUnion('kind', [
  /** Everybody who is connected, once so many are. */
  z.strictObject({ kind: z.literal('all'), atLeast: z.int().min(1) }),
  /** So many, drawn from those who are connected. */
  z.strictObject({ kind: z.literal('count'), count: z.int().min(1) }),
]);
export type ClientsPerRound = z.output<typeof ClientsPerRoundSchema>;

const RunSettingsFieldsSchema = z.strictObject({
  rounds: z.int().min(1).max(1_000_000).default(3),
  /** All randomness of a run derives from it. */
  seed: z.int().default(0),
  strategy: StrategySettingsSchema.default({ kind: 'fedavg' }),
  /** Whose run it is; a round takes its clients from among them. */
  clients: RunClientsSchema.default({ kind: 'any' }),
  clientsPerRound: ClientsPerRoundSchema.default({ kind: 'all', atLeast: 1 }),
  /** Fewest updates that make a round. */
  quorum: z.int().min(1).default(1),
  /** How often a failed round is tried again. */
  retries: z.int().min(0).default(1),
  /** What clients are told with each instruction, such as `{ localEpochs: 1, batchSize: 32 }`. */
  fitConfig: ConfigSchema.default({}),
  evaluateConfig: ConfigSchema.default({}),
  /** The share of the connected clients that measure each round's model; 0 for none. */
  evaluationFraction: z.number().min(0).max(1).default(1),
  waitForClientsMs: ms.default(HOUR_MS / 2),
  fitMs: ms.default(HOUR_MS / 2),
  evaluateMs: ms.default(HOUR_MS / 6),
  /** A run that takes longer is ended. */
  runMs: ms.default(24 * HOUR_MS),
  /** How often an FL server that crashed is started again, to go on where it was; after that the run has failed. */
  serverRestarts: z.int().min(0).max(100).default(0),
  /** Updates are private data, deleted once their round's model is durable; `keep` retains them to verify models with. */
  updates: z.enum(['delete', 'keep']).default('delete'),
});

/** How the server manager runs a task. Durations in milliseconds. */
export const RunSettingsSchema = RunSettingsFieldsSchema.superRefine(
  ({ clients, clientsPerRound, quorum }, context) => {
    if (clients.kind === 'any') return;
    const [field, perRound] =
      clientsPerRound.kind === 'all'
        ? ['atLeast', clientsPerRound.atLeast]
        : ['count', clientsPerRound.count];
    const needed = [
      { path: ['clientsPerRound', field], number: perRound },
      { path: ['quorum'], number: quorum },
    ];
    for (const { path, number } of needed) {
      if (number <= clients.ids.length) continue;
      const message = `expected at most the number of listed clients, ${clients.ids.length}, got ${number}`;
      context.addIssue({ code: 'custom', path, message });
    }
  },
);
export type RunSettings = z.output<typeof RunSettingsSchema>;

/** Settings of one run that differ from its task's. */
export const RunOverridesSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(RunSettingsFieldsSchema.shape).map(([name, schema]) => [name, schema.unwrap().optional()]),
  ) as {
    [K in keyof typeof RunSettingsFieldsSchema.shape]: z.ZodOptional<
      ReturnType<(typeof RunSettingsFieldsSchema.shape)[K]['unwrap']>
    >;
  },
);
export type RunOverrides = z.output<typeof RunOverridesSchema>;
