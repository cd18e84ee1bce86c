import { assertFinite, assertSameSignature, encodeParameters, type Parameters } from '@fedops/parameters';
import type { ParametersRef, Signature } from '@fedops/shared-types';
import type { PatientDisk } from '../files/patient-disk.js';
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

export interface InitialModelParts {
  readonly disk: PatientDisk;
  readonly store: ModelStore;
  /** Takes as long as it likes: it is no work of the disk. */
  readonly initialParameters: () => Promise<Parameters>;
}

/**
 * The last published version, or the initial parameters where none was ever published.
 *
 * @throws {FedOpsError} `storage` where the store cannot be read: a run never begins again at V1 for that;
 *   `shape-mismatch` where the initial parameters have another signature than the published version;
 *   `invalid-argument` where the initial parameters are not finite.
 */
export async function initialModel({
  disk,
  store,
  initialParameters,
}: InitialModelParts): Promise<InitialModel> {
  const latest = await disk.answer('model store', store.latest());
  const parameters = await initialParameters();
  if (latest !== undefined) return continued(latest, parameters.signature);

  assertFinite(parameters);
  const ref = await disk.answer('model store', storedIn(store, encodeParameters(parameters)));
  return {
    model: { round: 0, parameters: ref, scalars: {}, moments: [] },
    signature: parameters.signature,
    baseVersion: 0,
  };
}

async function storedIn(store: ModelStore, encoded: Uint8Array): Promise<ParametersRef> {
  const writer = await store.create();
  try {
    await writer.append(encoded);
    return await writer.commit();
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
