import { encodeHeader } from '@fedops/parameters';
import { FedOpsError, type Metrics, type Sha256, type Signature } from '@fedops/shared-types';
import {
  foldTiles,
  type MomentPlace,
  momentSignature,
  type Strategy,
  type TileMemory,
  type TileSource,
  type UpdateFacts,
} from '@fedops/strategies';
import { allOf } from '../all-of.js';
import type { ModelStore, ParametersReader, ParametersWriter } from '../model/model-store.js';
import type { GlobalModel } from '../run/run-state.js';
import { dataSectionOf } from './data-section.js';

/** What an aggregation works with. */
export interface AggregationParts<U extends UpdateFacts> {
  readonly store: Pick<ModelStore, 'open' | 'create'>;
  /** Where the updates' bytes lie. */
  readonly openUpdate: (update: U) => Promise<ParametersReader>;
  readonly strategy: Strategy;
  /** Memory of the aggregations before; new memory where not given. */
  readonly tiles?: TileMemory;
}

/** What a round's model is made of. */
export interface RoundInput<U extends UpdateFacts> {
  readonly round: number;
  readonly signature: Signature;
  /** What the updates started from. */
  readonly model: GlobalModel;
  /** In the order of client ids. */
  readonly updates: readonly U[];
}

/** The model that a round made, and the metrics that its strategy gives. */
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
  { store, openUpdate, strategy, tiles }: AggregationParts<U>,
  { round, signature, model, updates }: RoundInput<U>,
): Promise<AggregatedRound> {
  const openings: Promise<ParametersReader>[] = [];
  const writers: ParametersWriter[] = [];

  async function source(opening: Promise<ParametersReader>): Promise<TileSource> {
    openings.push(opening);
    return dataSectionOf(await opening);
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
    const [output, sources, moments] = await allOf([
      sink(signature),
      allOf(updates.map((update) => source(openUpdate(update)))),
      allOf(strategy.moments.map((_, i) => momentPlace(model.moments[i]?.digest))),
    ]);
    // Not every aggregation looks at it.
    const current = openedAtFirstRead(() => source(store.open(model.parameters.digest)));

    await foldTiles(
      { aggregation, updates: sources, current, output, moments },
      { signature, ...(tiles !== undefined && { memory: tiles }) },
    );
    const { metrics, scalars } = aggregation.finish();
    const written = [output, ...moments.map(({ next }) => next)];
    const [parameters, ...nextMoments] = await allOf(written.map((writer) => writer.commit()));
    return { model: { round, parameters: parameters!, scalars, moments: nextMoments }, metrics };
  } catch (error) {
    throw FedOpsError.from(error);
  } finally {
    for (const writer of writers) await writer.discard();
    // Also what is being opened still: a fold that failed does not wait for the current model.
    for (const opening of await Promise.allSettled(openings)) {
      if (opening.status === 'fulfilled') await opening.value.close();
    }
  }
}

function openedAtFirstRead(open: () => Promise<TileSource>): TileSource {
  let opening: Promise<TileSource> | undefined;
  return {
    async read(offset, into) {
      opening ??= open();
      await (await opening).read(offset, into);
    },
  };
}
