import { createHash } from 'node:crypto';
import { encodeParameters, type Parameters } from '@fedops/parameters';
import type { VersionManifest } from '@fedops/server';
import { FedOpsError, type RunId, type TaskId } from '@fedops/shared-types';
import type { ModelFiles } from '../src/models/model-files.js';

export interface FakeModelFiles extends ModelFiles {
  /** Publishes as an FL server does; returns the digest. */
  publish(
    version: { readonly taskId: string; readonly runId: string; readonly version: number },
    model: Parameters,
  ): string;
  /** From now on nothing can be read. */
  break(): void;
}

export function fakeModelFiles(): FakeModelFiles {
  const latest = new Map<string, VersionManifest>();
  const models = new Map<string, Uint8Array>();
  let isBroken = false;

  return {
    async latest(taskId) {
      if (isBroken) throw new FedOpsError('storage', 'the model store cannot be read');
      return latest.get(taskId);
    },
    async open(_taskId, digest) {
      const bytes = models.get(digest);
      if (bytes === undefined) throw new FedOpsError('not-found', `no parameters ${digest}`);
      return {
        byteLength: bytes.length,
        read: async (offset, into) => into.set(bytes.subarray(offset, offset + into.length)),
        close: async () => {},
      };
    },
    publish({ taskId, runId, version }, model) {
      const bytes = encodeParameters(model);
      const digest = createHash('sha256').update(bytes).digest('hex');
      models.set(digest, bytes);
      latest.set(taskId, {
        kind: 'global-model',
        manifestVersion: 1,
        version,
        publishedAt: '2026-11-24T00:00:00.000Z',
        parameters: { digest, byteLength: bytes.length },
        signature: [...model.signature],
        lineage: {
          taskId: taskId as TaskId,
          runId: runId as RunId,
          round: 1,
          baseVersion: version - 1,
          parent: null,
          seed: 0,
          strategy: { name: 'FedAvg', settings: {} },
          participants: [],
          metrics: { loss: 0.5 },
          software: {},
        },
        strategyState: { scalars: {}, moments: [] },
      });
      return digest;
    },
    break() {
      isBroken = true;
    },
  };
}
