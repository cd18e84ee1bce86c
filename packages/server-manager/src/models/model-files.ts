import { existsSync } from 'node:fs';
import { openFileModelStore, type ParametersReader, type VersionManifest } from '@fedops/server';
import type { Sha256, TaskId } from '@fedops/shared-types';
import type { Directories } from '../directories.js';

/** The published models of each task, as its FL servers stored them. */
export interface ModelFiles {
  /**
   * The newest manifest, its parameters checked against their digest; undefined where nothing was ever published.
   *
   * @throws {FedOpsError} `storage` where they cannot be read: that is never taken for no model.
   */
  latest(taskId: TaskId): Promise<VersionManifest | undefined>;
  /** @throws {FedOpsError} `not-found` for a digest that is not held, `storage`. */
  open(taskId: TaskId, digest: Sha256): Promise<ParametersReader>;
}

/** The model stores in the tasks' directories. */
export function createModelFiles(directories: Directories): ModelFiles {
  return {
    async latest(taskId) {
      // Opening one makes one, and a task that never ran needs none.
      if (!existsSync(directories.models(taskId))) return undefined;
      return (await openFileModelStore(directories.models(taskId))).latest();
    },
    async open(taskId, digest) {
      return (await openFileModelStore(directories.models(taskId))).open(digest);
    },
  };
}
