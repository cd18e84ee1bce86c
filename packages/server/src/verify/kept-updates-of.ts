import type { RunId } from '@fedops/shared-types';
import type { FileSystem } from '../files/file-system.js';
import { nodeFileSystem } from '../files/node-file-system.js';
import { keptUpdatesPath } from '../journal/run-directory.js';
import { type KeptUpdates, readKeptUpdates } from '../update/kept-updates.js';

/** The updates that a run kept in a data directory, to verify its models with; makes nothing there. */
export function keptUpdatesOf(
  dataDir: string,
  runId: RunId,
  files: FileSystem = nodeFileSystem,
): Pick<KeptUpdates, 'open'> {
  return readKeptUpdates(files, keptUpdatesPath(dataDir, runId));
}
