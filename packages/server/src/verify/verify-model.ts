import { FedOpsError, type Sha256 } from '@fedops/shared-types';
import type { Strategy } from '@fedops/strategies';
import { aggregateRound } from '../aggregate/aggregate-round.js';
import type { Lineage, RoundManifest, VersionManifest } from '../model/manifest.js';
import type { ModelStore, ParametersReader } from '../model/model-store.js';
import type { GlobalModel } from '../run/run-state.js';
import type { KeptUpdates } from '../update/kept-updates.js';
import { hashingWriter } from './hashing-writer.js';

/** The evidence that a model is made again from. */
export interface VerifyParts {
  readonly store: Pick<ModelStore, 'open' | 'round'>;
  /** The run's kept updates; a run keeps them where its server was told so. */
  readonly updates: Pick<KeptUpdates, 'open'>;
  /** The strategy that made the model, with the settings that its manifest names. */
  readonly strategy: Strategy;
}

/** Whether a model follows from what its manifest says that it was made of. */
export type Verdict =
  | { readonly verdict: 'follows' }
  /** `subject` says what is not what the manifest says: the model, the strategy's state, an update. */
  | {
      readonly verdict: 'differs';
      readonly subject: string;
      readonly expected: string;
      readonly actual: string;
    }
  /** What it takes to tell, and is not there. */
  | { readonly verdict: 'cannot-tell'; readonly missing: readonly string[] };

/**
 * Makes a round's model again from its parent, the strategy's state and the kept updates, and compares the bytes.
 * Writes nothing.
 *
 * The verdict holds for the versions of our packages that run it; a manifest names those that made the model.
 *
 * @throws {FedOpsError} `storage` where something is there and cannot be read.
 */
export async function verifyModel(
  { store, updates, strategy }: VerifyParts,
  manifest: RoundManifest | VersionManifest,
): Promise<Verdict> {
  const { lineage, signature } = manifest;
  const { participants, round, runId } = lineage;
  if (lineage.parent === null || participants.length === 0) {
    return cannotTell(['an aggregation: the model was given, and made of no updates']);
  }
  if (!isOf(strategy, lineage)) return cannotTell([`strategy ${describe(lineage.strategy)}`]);

  const parent = await store.round(runId, round - 1);
  if (parent === undefined) return cannotTell([`the record of round ${round - 1} of run ${runId}`]);
  if (parent.parameters.digest !== lineage.parent) {
    return differs('the parent', lineage.parent, parent.parameters.digest);
  }
  const evidence = await gatherEvidence({ store, updates }, parent, lineage);
  if (evidence.verdict !== 'follows') return evidence;

  const base: GlobalModel = { round: round - 1, parameters: parent.parameters, ...parent.strategyState };
  const made = await aggregateRound(
    {
      store: { open: (digest) => store.open(digest), create: async () => hashingWriter() },
      openUpdate: (update) => present(updates, update),
      strategy,
    },
    { round, signature, model: base, updates: participants },
  );
  return compare(manifest, made.model);
}

/** Looks at every file that the model was made of before it is used. */
async function gatherEvidence(
  { store, updates }: Pick<VerifyParts, 'store' | 'updates'>,
  { parameters, strategyState }: RoundManifest,
  { participants }: Lineage,
): Promise<Verdict> {
  const pieces = [
    ...[parameters, ...strategyState.moments].map(({ digest }) => ({
      name: `parameters ${digest}`,
      digest,
      open: () => openOrUndefined(store, digest),
    })),
    ...participants.map((participant) => ({
      name: `the update of ${participant.clientId}`,
      digest: participant.digest,
      open: () => updates.open(participant),
    })),
  ];
  const missing: string[] = [];
  let altered: Verdict | undefined;
  for (const { name, digest, open } of pieces) {
    const reader = await open();
    const actual = reader === undefined ? undefined : await digestOf(reader);
    if (actual === undefined) missing.push(name);
    else if (actual !== digest) altered ??= differs(name, digest, actual);
  }
  if (altered !== undefined) return altered;
  return missing.length > 0 ? cannotTell(missing) : { verdict: 'follows' };
}

function compare({ parameters, strategyState }: RoundManifest | VersionManifest, made: GlobalModel): Verdict {
  if (made.parameters.digest !== parameters.digest) {
    return differs('the model', parameters.digest, made.parameters.digest);
  }
  const expected = stateText(strategyState);
  const actual = stateText(made);
  return expected === actual
    ? { verdict: 'follows' }
    : differs('the state of the strategy', expected, actual);
}

/** A strategy's state in one spelling, whatever order its names are in. */
function stateText({ scalars, moments }: Pick<GlobalModel, 'scalars' | 'moments'>): string {
  return JSON.stringify({ scalars: sortedEntries(scalars), moments: moments.map(({ digest }) => digest) });
}

function isOf({ name, settings }: Strategy, { strategy }: Lineage): boolean {
  return describe({ name, settings }) === describe(strategy);
}

function describe({ name, settings }: Pick<Strategy, 'name' | 'settings'>): string {
  return `${name} ${JSON.stringify(sortedEntries(settings))}`;
}

function sortedEntries(values: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

async function openOrUndefined(
  store: Pick<ModelStore, 'open'>,
  digest: Sha256,
): Promise<ParametersReader | undefined> {
  try {
    return await store.open(digest);
  } catch (error) {
    if (FedOpsError.is(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function digestOf(reader: ParametersReader): Promise<Sha256> {
  const CHUNK_BYTES = 1024 * 1024;
  const writer = hashingWriter();
  try {
    for (let offset = 0; offset < reader.byteLength; offset += CHUNK_BYTES) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, reader.byteLength - offset));
      await reader.read(offset, chunk);
      await writer.append(chunk);
    }
    return (await writer.commit()).digest;
  } finally {
    await reader.close();
  }
}

async function present(
  updates: Pick<KeptUpdates, 'open'>,
  update: Lineage['participants'][number],
): Promise<ParametersReader> {
  const reader = await updates.open(update);
  if (reader === undefined) {
    throw new FedOpsError('storage', `the update of ${update.clientId} vanished while it was read`);
  }
  return reader;
}

function differs(subject: string, expected: string, actual: string): Verdict {
  return { verdict: 'differs', subject, expected, actual };
}

function cannotTell(missing: readonly string[]): Verdict {
  return { verdict: 'cannot-tell', missing };
}
