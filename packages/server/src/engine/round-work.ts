import type { Parameters } from '@fedops/parameters';
import { type Evaluation, FedOpsError, type Metrics } from '@fedops/shared-types';
import { type AggregatedRound, type AggregationParts, aggregateRound } from '../aggregate/aggregate-round.js';
import { type Lineage, MANIFEST_VERSION } from '../model/manifest.js';
import type { ModelStore } from '../model/model-store.js';
import { updatesInIdOrder } from '../run/round-record.js';
import { nextVersionOf, type RunPlan } from '../run/run-plan.js';
import type { Aggregating, GlobalModel, ReceivedUpdate, RunState } from '../run/run-state.js';
import type { KeptUpdates } from '../update/kept-updates.js';
import type { Spool } from '../update/spool.js';

export interface RoundWorkParts extends Omit<AggregationParts<ReceivedUpdate>, 'openUpdate'> {
  readonly store: ModelStore;
  readonly spool: Spool;
  /** Where updates go that are kept beyond their round; absent where they are not. */
  readonly keptUpdates?: KeptUpdates;
  /** Names and versions of what makes the models, for their manifests. */
  readonly software: Readonly<Record<string, string>>;
}

/** Measures a global model on data of the server's own. */
export type CentralEvaluate = (
  parameters: Parameters,
  context: { readonly round: number; readonly signal: AbortSignal },
) => Promise<Evaluation>;

/**
 * Aggregates the round and records its model durably.
 *
 * @param isWanted False once the run has given this attempt up: the next one may have recorded its own model then.
 * @throws {FedOpsError} `aborted` where it is not wanted any more; as `aggregateRound` and the store do.
 */
export async function makeRoundModel(
  parts: RoundWorkParts,
  plan: RunPlan,
  base: GlobalModel,
  round: Aggregating,
  isWanted: () => boolean,
): Promise<AggregatedRound> {
  const updates = updatesInIdOrder(round);
  const openUpdate = ({ slot }: ReceivedUpdate) => parts.spool.open(slot);
  const result = await aggregateRound(
    { ...parts, openUpdate },
    {
      round: round.round,
      signature: plan.signature,
      model: base,
      updates,
    },
  );
  if (!isWanted())
    throw new FedOpsError('aborted', `round ${round.round} was given up while it was aggregated`);
  await recordRound(parts, plan, result.model, {
    parent: base.parameters.digest,
    participants: updates.map(({ slot: _, ...participant }) => participant),
    metrics: result.metrics,
  });
  if (parts.keptUpdates !== undefined) await keepUpdates(parts.spool, parts.keptUpdates, updates);
  return result;
}

async function keepUpdates(
  spool: Spool,
  kept: KeptUpdates,
  updates: readonly ReceivedUpdate[],
): Promise<void> {
  for (const update of updates) {
    const reader = await spool.open(update.slot);
    try {
      await kept.keep(update, reader);
    } finally {
      await reader.close();
    }
  }
}

/** Records what a round made; round 0 is the model that the run starts from. */
export function recordRound(
  { store, software }: RoundWorkParts,
  plan: RunPlan,
  model: GlobalModel,
  made: Pick<Lineage, 'parent' | 'participants' | 'metrics'>,
): Promise<void> {
  const { taskId, runId, baseVersion, seed, signature, strategy } = plan;
  return store.putRound({
    kind: 'round-model',
    manifestVersion: MANIFEST_VERSION,
    parameters: model.parameters,
    signature: [...signature],
    strategyState: { scalars: { ...model.scalars }, moments: [...model.moments] },
    lineage: {
      taskId,
      runId,
      round: model.round,
      baseVersion,
      seed,
      strategy,
      software: { ...software },
      ...made,
    },
  });
}

/** Publishes the last round's model as the next version; resolves with where it lies. */
export async function publishVersion(
  { store }: RoundWorkParts,
  plan: RunPlan,
  state: RunState,
  at: number,
): Promise<string> {
  const manifest = await store.round(plan.runId, state.model.round);
  if (manifest === undefined) {
    throw new FedOpsError('storage', `the store lost the record of round ${state.model.round}`, {
      details: { damaged: true },
    });
  }
  // Another process may have written to the store: never publish but what this run made.
  const { digest } = state.model.parameters;
  if (manifest.parameters.digest !== digest) {
    throw new FedOpsError(
      'storage',
      `the record of round ${state.model.round} is of ${manifest.parameters.digest}, not of the run's model ${digest}`,
      { details: { damaged: true } },
    );
  }
  const metrics = { ...manifest.lineage.metrics, ...measuredOf(state) };
  return store.publish({
    ...manifest,
    kind: 'global-model',
    version: nextVersionOf(plan),
    publishedAt: new Date(at).toISOString(),
    lineage: { ...manifest.lineage, metrics },
  });
}

/** How good the last round's model is: as the server measured it, or else the clients; names begin with `evaluated/`. */
function measuredOf({ history }: RunState): Metrics {
  const last = history.at(-1);
  const measured = last?.centralEvaluation ?? last?.clientEvaluation;
  if (measured === undefined) return {};
  const values = Object.entries({ loss: measured.loss, ...measured.metrics });
  return Object.fromEntries(values.map(([name, value]) => [`evaluated/${name}`, value]));
}
