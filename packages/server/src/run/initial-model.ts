import { assertFinite, assertSameSignature, encodeParameters, type Parameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import type { VersionManifest } from '../model/manifest.js';
import type { ModelStore } from '../model/model-store.js';
import type { GlobalModel } from './run-state.js';

/** What a run starts from. */
export interface InitialModel {
  readonly model: GlobalModel;
  readonly signature: Signature;
  /** 0 where nothing was published yet. */
  readonly baseVersion: number;
}

/**
 * The last published version, or the initial parameters where none was ever published.
 *
 * @throws {FedOpsError} `storage` where the store cannot be read: a run never begins again at V1 for that;
 *   `shape-mismatch` where the initial parameters have another signature than the published version;
 *   `invalid-argument` where the initial parameters are not finite.
 */
export async function initialModel(
  store: ModelStore,
  initialParameters: () => Promise<Parameters>,
): Promise<InitialModel> {
  const latest = await store.latest();
  const parameters = await initialParameters();
  if (latest !== undefined) return continued(latest, parameters.signature);

  assertFinite(parameters);
  const writer = await store.create();
  try {
    await writer.append(encodeParameters(parameters));
    const ref = await writer.commit();
    return {
      model: { round: 0, parameters: ref, scalars: {}, moments: [] },
      signature: parameters.signature,
      baseVersion: 0,
    };
  } finally {
    await writer.discard();
  }
}

function continued(latest: VersionManifest, expected: Signature): InitialModel {
  assertSameSignature(latest.signature, expected);
  const { scalars, moments } = latest.strategyState;
  return {
    model: { round: 0, parameters: latest.parameters, scalars, moments },
    signature: latest.signature,
    baseVersion: latest.version,
  };
}
