import { encodeHeader } from '@fedops/parameters';
import {
  FedOpsError,
  type Metrics,
  type ParametersRef,
  type Sha256,
  type Signature,
} from '@fedops/shared-types';
import {
  foldTiles,
  type MomentPlace,
  momentSignature,
  type Strategy,
  type TileSource,
  type UpdateFacts,
} from '@fedops/strategies';
import type { ModelStore, ParametersReader, ParametersWriter } from '../model/model-store.js';
import type { GlobalModel } from '../run/run-state.js';
import { dataSectionOf } from './data-section.js';

export interface AggregationParts<U extends UpdateFacts> {
  readonly store: Pick<ModelStore, 'open' | 'create'>;
  /** Where the updates' bytes lie. */
  readonly openUpdate: (update: U) => Promise<ParametersReader>;
  readonly strategy: Strategy;
}

export interface RoundInput<U extends UpdateFacts> {
  readonly round: number;
  readonly signature: Signature;
  /** What the updates started from. */
  readonly model: GlobalModel;
  /** In the order of client ids. */
  readonly updates: readonly U[];
}

export interface AggregatedRound {
  readonly model: GlobalModel;
  readonly metrics: Metrics;
}

/**
 * Folds a round's updates into the next global model, tile by tile from file to file.
 * The new parameters lie in the store when it resolves; nobody refers to them yet.
 *
 * @throws {FedOpsError} `storage` where reading or writing fails, `internal` where the strategy throws.
 */
export async function aggregateRound<U extends UpdateFacts>(
  { store, openUpdate, strategy }: AggregationParts<U>,
  { round, signature, model, updates }: RoundInput<U>,
): Promise<AggregatedRound> {
  const opened: ParametersReader[] = [];
  const writers: ParametersWriter[] = [];

  async function source(reader: Promise<ParametersReader>): Promise<TileSource> {
    opened.push(await reader);
    return dataSectionOf(opened.at(-1)!);
  }

  async function sink(written: Signature): Promise<ParametersWriter> {
    const writer = await store.create();
    writers.push(writer);
    await writer.append(encodeHeader(written));
    return writer;
  }

  async function momentPlace(digest: Sha256 | undefined): Promise<MomentPlace & { next: ParametersWriter }> {
    const next = await sink(momentSignature(signature));
    return digest === undefined ? { next } : { last: await source(store.open(digest)), next };
  }

  try {
    const aggregation = strategy.plan({ round, signature, updates, scalars: model.scalars });
    const sources: TileSource[] = [];
    for (const update of updates) sources.push(await source(openUpdate(update)));
    const moments: Awaited<ReturnType<typeof momentPlace>>[] = [];
    for (const i of strategy.moments.keys()) moments.push(await momentPlace(model.moments[i]?.digest));
    const current = await source(store.open(model.parameters.digest));
    const output = await sink(signature);

    await foldTiles({ aggregation, updates: sources, current, output, moments }, { signature });
    const { metrics, scalars } = aggregation.finish();
    const parameters = await output.commit();
    const committed: ParametersRef[] = [];
    for (const { next } of moments) committed.push(await next.commit());
    return { model: { round, parameters, scalars, moments: committed }, metrics };
  } catch (error) {
    throw FedOpsError.from(error);
  } finally {
    for (const writer of writers) await writer.discard();
    for (const reader of opened) await reader.close();
  }
}
