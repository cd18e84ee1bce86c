import { createParameters, encodeParameters } from '@fedops/parameters';
import type { ParametersRef, RunId, Signature, TaskId } from '@fedops/shared-types';
import { MANIFEST_VERSION, type RoundManifest, type VersionManifest } from '../model/manifest.js';
import type { ModelStore } from '../model/model-store.js';

const SIGNATURE: Signature = [{ name: 'w', shape: [100], dtype: 'float32' }];

export const RUN = 'run of the compliance checks' as RunId;

/** Encoded parameters, all elements the same: other values, other bytes. */
export function sampleBytes(value: number): Uint8Array {
  return encodeParameters(createParameters(SIGNATURE, [new Float32Array(100).fill(value)]));
}

export async function writeSample(store: ModelStore, value: number): Promise<ParametersRef> {
  const writer = await store.create();
  await writer.append(sampleBytes(value));
  return writer.commit();
}

export interface RoundModelFacts {
  readonly runId?: RunId;
  readonly round: number;
  readonly parameters: ParametersRef;
  readonly moments?: readonly ParametersRef[];
}

export function roundManifest({
  runId = RUN,
  round,
  parameters,
  moments = [],
}: RoundModelFacts): RoundManifest {
  return {
    kind: 'round-model',
    manifestVersion: MANIFEST_VERSION,
    parameters,
    signature: SIGNATURE.map((spec) => ({ ...spec, shape: [...spec.shape] })),
    strategyState: { scalars: { steps: round }, moments: [...moments] },
    lineage: {
      taskId: 'task of the compliance checks' as TaskId,
      runId,
      round,
      baseVersion: 0,
      parent: null,
      seed: 7,
      strategy: { name: 'FedAvg', settings: {} },
      participants: [],
      metrics: { loss: 0.5 },
      software: {},
    },
  };
}

export function versionManifest(version: number, facts: RoundModelFacts): VersionManifest {
  const model = roundManifest(facts);
  return { ...model, kind: 'global-model', version, publishedAt: '2026-11-24T00:00:00.000Z' };
}
