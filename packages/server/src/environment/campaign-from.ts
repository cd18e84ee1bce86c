import type { Environment } from '@fedops/client-api';
import { FedOpsError, parseWith, RunIdSchema } from '@fedops/shared-types';
import type { FLServerSettings } from '../settings.js';
import { type CampaignConfig, readCampaignConfig } from './campaign-config.js';
import { variable } from './variable.js';

/** What the environment says of the run that an FL server shall do; only what it names is there. */
export interface Campaign extends Omit<CampaignConfig, 'settings'> {
  /** For `FLServer`: what a program says itself stands behind them, and wins. */
  readonly settings: CampaignConfig['settings'] & Pick<FLServerSettings, 'runId' | 'baseVersion'>;
}

const RUN_ID = 'FEDOPS_CAMPAIGN_RUN_ID';
const CONFIG = 'FEDOPS_CAMPAIGN_CONFIG';
const BASE = 'FEDOPS_BASE_GLOBAL_MODEL_VERSION';
const TARGET = 'FEDOPS_TARGET_GLOBAL_MODEL_VERSION';

/**
 * The campaign that FedOps 1.3 starts an FL server for: `FEDOPS_CAMPAIGN_RUN_ID`, `FEDOPS_CAMPAIGN_CONFIG`,
 * `FEDOPS_BASE_GLOBAL_MODEL_VERSION` and `FEDOPS_TARGET_GLOBAL_MODEL_VERSION`. Pure.
 *
 * @throws {FedOpsError} naming the variable: `invalid-argument` for one that is wrong, `unsupported` for a form of the
 *   configuration other than version 1, or a target that is not the version after the base.
 */
export function campaignFrom(env: Environment): Campaign {
  const runId = variable(env, RUN_ID);
  const config = variable(env, CONFIG);
  const baseVersion = baseVersionIn(env);
  const { settings, ...others } = config === undefined ? { settings: {} } : readCampaignConfig(config);
  return {
    settings: {
      ...settings,
      ...(runId !== undefined && { runId: parseWith(RunIdSchema, runId, RUN_ID) }),
      ...(baseVersion !== undefined && { baseVersion }),
    },
    ...others,
  };
}

/** A run makes the version after the one that it starts from, so that either variable says both. */
function baseVersionIn(env: Environment): number | undefined {
  const base = versionIn(env, BASE, 0);
  const target = versionIn(env, TARGET, 1);
  if (target === undefined) return base;
  if (base !== undefined && target !== base + 1) {
    throw new FedOpsError(
      'unsupported',
      `${TARGET}: expected the version after ${BASE}, ${base + 1}, got ${target}`,
    );
  }
  return target - 1;
}

function versionIn(env: Environment, name: string, least: number): number | undefined {
  const text = variable(env, name);
  if (text === undefined) return undefined;
  const version = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (version >= least) return version;
  throw new FedOpsError(
    'invalid-argument',
    `${name}: expected a whole number, at least ${least}, got ${JSON.stringify(text.slice(0, 100))}`,
  );
}
