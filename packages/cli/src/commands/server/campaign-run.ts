import type { Campaign, FLServerSettings } from '@fedops/server';
import { serverPlanOf } from '@fedops/server-manager';
import {
  FedOpsError,
  parseWith,
  type RunOverrides,
  type RunSettings,
  RunSettingsSchema,
} from '@fedops/shared-types';

/** The run of an FL server: how it is set, and what that is for `FLServer`. */
export interface CampaignRun {
  readonly run: RunSettings;
  readonly plan: ReturnType<typeof serverPlanOf> & Pick<FLServerSettings, 'runId' | 'baseVersion'>;
}

/**
 * The run that an environment's campaign and the user ask for: what the user says wins, setting by setting. Pure.
 *
 * @throws {FedOpsError} `invalid-argument` for settings that do not go together.
 */
export function campaignRun(
  { settings: campaign }: Pick<Campaign, 'settings'>,
  said: RunOverrides,
): CampaignRun {
  const { rounds, selection, clientEvaluation, runId, baseVersion } = campaign;
  const atLeast = selection?.minClients;
  const asked: RunOverrides = {
    ...(rounds !== undefined && { rounds }),
    ...(atLeast !== undefined && { clientsPerRound: { kind: 'all', atLeast } }),
    ...(clientEvaluation?.fraction !== undefined && { evaluationFraction: clientEvaluation.fraction }),
    ...said,
  };
  const run = parseWith(RunSettingsSchema, asked, 'settings of the run');
  return {
    run,
    plan: {
      ...serverPlanOf(run),
      ...(said.clientsPerRound === undefined && selection !== undefined && { selection }),
      ...(runId !== undefined && { runId }),
      ...(baseVersion !== undefined && { baseVersion }),
    },
  };
}

/**
 * Refuses a campaign that wants what nobody brings.
 *
 * @param brought Whether strategy and measurement come from somewhere else: from the user, or from a composition.
 * @throws {FedOpsError} `unsupported`, naming the variable and what to bring.
 */
export function assertCarriedOut(
  { strategy, serverEvaluation }: Pick<Campaign, 'strategy' | 'serverEvaluation'>,
  brought: { readonly strategy: boolean; readonly evaluate: boolean },
): void {
  if (strategy !== undefined && !brought.strategy && strategy.toLowerCase() !== 'fedavg') {
    throw new FedOpsError(
      'unsupported',
      `FEDOPS_CAMPAIGN_CONFIG: expected strategy FedAvg, got ${JSON.stringify(strategy.slice(0, 100))}; another is named by --strategy or brought by --composition`,
    );
  }
  if (serverEvaluation === true && !brought.evaluate) {
    throw new FedOpsError(
      'unsupported',
      'FEDOPS_CAMPAIGN_CONFIG: serverEvaluation is enabled, and no --composition brings evaluate',
    );
  }
}
