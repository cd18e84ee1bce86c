import { signatureDigest } from '@fedops/parameters';
import type { ParametersReader, VersionManifest } from '@fedops/server';
import {
  FedOpsError,
  type ModelVersion,
  type ModelVersionDetail,
  type RunView,
  type TaskId,
} from '@fedops/shared-types';
import type { ModelRows, StoredTask, StoredVersion } from '../store/store.js';
import { aliasesOf, bestVersion, latestVersion } from './aliases.js';
import type { ModelFiles } from './model-files.js';
import { versionOf } from './version-of.js';

/** The published versions of all tasks. */
export interface ModelRegistry {
  /**
   * Takes in what an FL server has published since; returns the newest manifest, undefined where there is none.
   *
   * @param view Of the run that published it, for its measurements.
   */
  takeIn(taskId: TaskId, view?: RunView): Promise<VersionManifest | undefined>;
  /** Newest first. */
  list(task: StoredTask): Promise<readonly ModelVersion[]>;
  /** The highest version; 0 where nothing was published. */
  latestNumber(taskId: TaskId): Promise<number>;
  /**
   * @param reference A number, `latest` or `best`.
   * @throws {FedOpsError} `not-found`
   */
  get(task: StoredTask, reference: string): Promise<ModelVersionDetail>;
  /** The version's encoded parameters. @throws {FedOpsError} `not-found`, `storage`. */
  open(version: Pick<ModelVersion, 'taskId' | 'digest'>): Promise<ParametersReader>;
}

export interface ModelRegistryParts {
  readonly rows: ModelRows;
  readonly files: ModelFiles;
}

export function createModelRegistry({ rows, files }: ModelRegistryParts): ModelRegistry {
  return {
    async takeIn(taskId, view) {
      const manifest = await files.latest(taskId);
      if (manifest === undefined) return undefined;
      const known = await rows.list(taskId);
      if (!known.some(({ version }) => version === manifest.version)) {
        await rows.add(versionOf(manifest, await signatureDigest(manifest.signature), view));
      }
      return manifest;
    },

    async list(task) {
      const versions = await rows.list(task.taskId);
      return versions.map(({ manifest: _manifest, signature: _signature, ...version }) => ({
        ...version,
        aliases: aliasesOf(version as StoredVersion, versions, task.bestBy),
      }));
    },

    latestNumber: (taskId) => rows.latestNumber(taskId),

    async get(task, reference) {
      const versions = await rows.list(task.taskId);
      const version = referred(versions, task, reference);
      return { ...version, aliases: aliasesOf(version, versions, task.bestBy) };
    },

    open: ({ taskId, digest }) => files.open(taskId, digest),
  };
}

function referred(versions: readonly StoredVersion[], task: StoredTask, reference: string): StoredVersion {
  const version = (() => {
    switch (reference) {
      case 'latest':
        return latestVersion(versions);
      case 'best':
        return bestVersion(versions, task.bestBy);
      default:
        return versions.find(({ version }) => String(version) === reference);
    }
  })();
  if (version !== undefined) return version;
  const why =
    reference !== 'best'
      ? ''
      : task.bestBy === null
        ? ': the task does not say by which metric'
        : `: no version has the metric ${task.bestBy.metric}`;
  throw new FedOpsError('not-found', `task ${task.taskId} has no version ${reference}${why}`);
}
