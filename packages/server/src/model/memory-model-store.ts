import { createHash } from 'node:crypto';
import { FedOpsError, type ParametersRef, type Sha256 } from '@fedops/shared-types';
import type { RoundManifest, VersionManifest } from './manifest.js';
import type { ModelStore } from './model-store.js';
import {
  assertNextVersion,
  isSamePublication,
  notHeld,
  referredParameters,
  roundKey,
  versionTaken,
} from './store-rules.js';

/** A store for tests and trials: gone with the process. */
export function createMemoryModelStore(): ModelStore {
  const parameters = new Map<Sha256, Uint8Array>();
  const rounds = new Map<string, RoundManifest>();
  const versions: VersionManifest[] = [];

  return {
    latest: async () => versions.at(-1),

    async create() {
      const chunks: Uint8Array[] = [];
      return {
        async append(bytes) {
          // Not `slice`: a Buffer's shares the memory, which the caller writes over.
          chunks.push(new Uint8Array(bytes));
        },
        async commit(): Promise<ParametersRef> {
          const bytes = Buffer.concat(chunks);
          const digest = createHash('sha256').update(bytes).digest('hex');
          parameters.set(digest, bytes);
          return { digest, byteLength: bytes.length };
        },
        async discard() {
          chunks.length = 0;
        },
      };
    },

    async open(digest) {
      const bytes = parameters.get(digest);
      if (bytes === undefined) throw notHeld(digest);
      return {
        byteLength: bytes.length,
        async read(offset, into) {
          if (offset + into.length > bytes.length) {
            throw new FedOpsError('storage', `parameters ${digest}: read beyond their end`);
          }
          into.set(bytes.subarray(offset, offset + into.length));
        },
        close: async () => {},
      };
    },

    async putRound(manifest) {
      rounds.set(roundKey(manifest.lineage.runId, manifest.lineage.round), manifest);
    },

    round: async (runId, round) => rounds.get(roundKey(runId, round)),

    async dropRound(runId, round) {
      const manifest = rounds.get(roundKey(runId, round));
      rounds.delete(roundKey(runId, round));
      if (manifest === undefined) return;
      const kept = new Set([...rounds.values(), ...versions].flatMap(referredParameters));
      for (const digest of referredParameters(manifest)) if (!kept.has(digest)) parameters.delete(digest);
    },

    async publish(manifest) {
      const published = versions[manifest.version - 1];
      if (published !== undefined && !isSamePublication(published, manifest))
        throw versionTaken(manifest.version);
      if (published === undefined) {
        assertNextVersion(manifest.version, versions.length);
        versions.push(manifest);
      }
      return `memory:V${manifest.version}`;
    },
  };
}
