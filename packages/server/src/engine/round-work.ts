import type { Parameters } from '@fedops/parameters';
import { type Evaluation, FedOpsError, type Metrics } from '@fedops/shared-types';
import { type AggregatedRound, type AggregationParts, aggregateRound } from '../aggregate/aggregate-round.js';
import { type Lineage, MANIFEST_VERSION } from '../model/manifest.js';
import { updatesInIdOrder } from '../run/round-record.js';
import { nextVersionOf, type RunPlan } from '../run/run-plan.js';
import type { Aggregating, GlobalModel, RunState } from '../run/run-state.js';

export interface RoundWorkParts extends AggregationParts {
  /** Names and versions of what makes the models, for their manifests. */
  readonly software: Readonly<Record<string, string>>;
}

/** Measures a global model on data of the server's own. */
export type CentralEvaluate = (
  parameters: Parameters,
  context: { readonly round: number; readonly signal: AbortSignal },
) => Promise<Evaluation>;

/** Aggregates the round and records its model durably. */
export async function makeRoundModel(
  parts: RoundWorkParts,
  plan: RunPlan,
  base: GlobalModel,
  round: Aggregating,
): Promise<AggregatedRound> {
  const updates = updatesInIdOrder(round);
  const result = await aggregateRound(parts, {
    round: round.round,
    signature: plan.signature,
    model: base,
    updates,
  });
  await recordRound(parts, plan, result.model, {
    parent: base.parameters.digest,
    participants: [...updates],
    metrics: result.metrics,
  });
  return result;
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
    throw new FedOpsError('storage', `the store lost the record of round ${state.model.round}`);
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
