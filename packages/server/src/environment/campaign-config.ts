import { FedOpsError, parseWith } from '@fedops/shared-types';
import { z } from 'zod';
import type { FLServerSettings } from '../settings.js';

/** `FEDOPS_CAMPAIGN_CONFIG`: JSON in which each field may be left out. */
const NAME = 'FEDOPS_CAMPAIGN_CONFIG';

const share = z.number().min(0).max(1);
const StrategySchema = z.object({
  name: z.string().min(1),
  parameters: z
    .strictObject({ fraction_fit: share.default(1), fraction_evaluate: share.default(1) })
    .prefault({}),
});
const CampaignConfigSchema = z.object({
  schemaVersion: z.int().default(1),
  rounds: z.int().min(1).max(1_000_000).optional(),
  clientsPerRound: z.int().min(1).optional(),
  strategy: z
    .union([
      z
        .string()
        .min(1)
        .transform((name) => ({ name })),
      z.unknown(),
    ])
    .pipe(StrategySchema)
    .optional(),
  serverEvaluation: z.object({ enabled: z.boolean(), dataPath: z.string().optional() }).optional(),
});

/** What a campaign's configuration says. */
export interface CampaignConfig {
  readonly settings: Pick<FLServerSettings, 'selection' | 'clientEvaluation'> & { readonly rounds?: number };
  /** As it is called there, such as `FedAvg`. */
  readonly strategy?: string;
  /** Whether the server shall measure each round's model. */
  readonly serverEvaluation?: boolean;
}

/** The selection wants a share above zero; this one is never more than the number of clients beside it. */
const NO_SHARE = 1e-9;

/**
 * What a campaign's configuration is for an FL server. As in Flower, a round takes the larger of a share of those who
 * are connected (`fraction_fit`) and a number (`clientsPerRound`), and waits for that number.
 *
 * @param text JSON, in the form that FedOps 1.3 gives it.
 * @throws {FedOpsError} `invalid-argument` for what is no such JSON, `unsupported` for another version of its form.
 */
export function readCampaignConfig(text: string): CampaignConfig {
  const config = parseWith(CampaignConfigSchema, jsonIn(text), NAME);
  const { schemaVersion, rounds, clientsPerRound: clients, strategy, serverEvaluation } = config;
  if (schemaVersion !== 1) {
    throw new FedOpsError('unsupported', `${NAME}: expected schemaVersion 1, got ${schemaVersion}`);
  }
  const selection = {
    ...(strategy !== undefined && { fraction: Math.max(strategy.parameters.fraction_fit, NO_SHARE) }),
    ...(clients !== undefined && { minClients: clients, minConnected: clients }),
  };
  return {
    settings: {
      ...(rounds !== undefined && { rounds }),
      ...(Object.keys(selection).length > 0 && { selection }),
      ...(strategy !== undefined && {
        clientEvaluation: { fraction: strategy.parameters.fraction_evaluate },
      }),
    },
    ...(strategy !== undefined && { strategy: strategy.name }),
    ...(serverEvaluation !== undefined && { serverEvaluation: serverEvaluation.enabled }),
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FedOpsError('invalid-argument', `${NAME}: expected JSON`, { cause });
  }
}
