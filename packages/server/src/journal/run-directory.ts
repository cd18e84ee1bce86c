import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FedOpsError, type RunId } from '@fedops/shared-types';
import { makeDurableDirectory, readText, replaceFile } from '../files/durable-files.js';
import type { FileSystem } from '../files/file-system.js';
import { storing } from '../files/storage-error.js';
import { portableName } from '../model/portable-name.js';
import { readJournal } from './file-journal.js';
import { type ReplayedRun, replay } from './replay.js';

/** The runs of a data directory: `runs/<run>/` holds a run's `journal`, its `spool`, `updates` that are
 * kept, and `ended.json` once it is over. */
export interface RunDirectories {
  journalPath(runId: RunId): string;
  spoolPath(runId: RunId): string;
  keptUpdatesPath(runId: RunId): string;
  /** Makes a new run's directory. @throws {FedOpsError} `conflict` where a run of this id has been. */
  create(runId: RunId): Promise<void>;
  has(runId: RunId): Promise<boolean>;
  /** A run as its journal tells it, over or not; undefined where none of this id has been. */
  find(runId: RunId): Promise<ReplayedRun | undefined>;
  /** The run that was interrupted; undefined where all have ended. What runs that are over left of updates is taken away. */
  unfinished(): Promise<ReplayedRun | undefined>;
  /** Notes that a run is over, so that nobody need read its journal to know. */
  end(runId: RunId, outcome: object): Promise<void>;
}

/** @throws {FedOpsError} `storage` where the directory cannot be made. */
export async function openRunDirectories(files: FileSystem, dataDir: string): Promise<RunDirectories> {
  const directory = join(dataDir, 'runs');
  await storing(`runs in ${dataDir}`, async () => {
    await makeDurableDirectory(files, directory);
  });
  const pathOf = (runId: RunId, file: string) => join(directory, nameOf(runId), file);
  const names = () => storing(`runs in ${dataDir}`, () => files.list(directory));

  async function has(runId: RunId): Promise<boolean> {
    return (await names()).includes(nameOf(runId));
  }

  async function end(runId: RunId, outcome: object): Promise<void> {
    await storing(`end of run ${runId}`, () =>
      replaceFile(files, pathOf(runId, 'ended.json'), JSON.stringify(outcome, null, 2)),
    );
  }

  /** The updates of a run that is over, where its server was killed before it cut them away. */
  function removeSpool(name: string): Promise<void> {
    return storing(`run ${name}`, () => files.removeTree(join(directory, name, 'spool')));
  }

  async function find(name: string): Promise<ReplayedRun | undefined> {
    const records = await readJournal(files, join(directory, name, 'journal'));
    return records === undefined ? undefined : replay(records);
  }

  return {
    journalPath: (runId) => pathOf(runId, 'journal'),
    spoolPath: (runId) => pathOf(runId, 'spool'),
    keptUpdatesPath: (runId) => keptUpdatesPath(dataDir, runId),
    has,
    end,
    find: (runId) => find(nameOf(runId)),
    async create(runId) {
      if (await has(runId)) {
        throw new FedOpsError(
          'conflict',
          `run ${runId} has been; its journal lies in ${join(directory, nameOf(runId))}`,
        );
      }
      await storing(`run ${runId}`, async () => {
        await makeDurableDirectory(files, join(directory, nameOf(runId)));
      });
    },
    async unfinished() {
      for (const name of await names()) {
        const ended = await storing(`run ${name}`, () =>
          readText(files, join(directory, name, 'ended.json')),
        );
        if (ended !== undefined) {
          await removeSpool(name);
          continue;
        }
        const run = await find(name);
        if (run === undefined) {
          // Killed before the run began: nothing happened that anybody was told of.
          await storing(`run ${name}`, () => files.removeTree(join(directory, name)));
          continue;
        }
        const { state, plan } = run;
        if (state.phase !== 'finished' && state.phase !== 'failed') return run;
        await removeSpool(name);
        await end(plan.runId, { status: state.phase === 'finished' ? 'published' : 'failed' });
      }
      return undefined;
    },
  };
}

/** Where a run's kept updates lie in a data directory. */
export function keptUpdatesPath(dataDir: string, runId: RunId): string {
  return join(dataDir, 'runs', nameOf(runId), 'updates');
}

function nameOf(runId: RunId): string {
  return portableName(runId, sha256);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
