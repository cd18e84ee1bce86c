import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keptUpdatesOf, openFileModelStore, type Verdict, verifyModel } from '@fedops/server';
import { directoriesOf } from '@fedops/server-manager';
import { FedOpsError, type ModelVersionDetail, parseWith } from '@fedops/shared-types';
import { z } from 'zod';
import { strategyOfLineage } from './strategy-of-lineage.js';

/** The part of a manifest that says which round made the version. */
const MadeBySchema = z.object({ lineage: z.object({ round: z.int().min(0) }) });

/**
 * Whether a version follows from the updates that it was made of, as they lie in a data directory: that of a server
 * manager, or of an FL server. Writes nothing.
 *
 * @param dataDir Absolute.
 * @throws {FedOpsError} `not-found` where no models lie there; `storage` where they cannot be read.
 */
export async function verifyVersion(dataDir: string, version: ModelVersionDetail): Promise<Verdict> {
  const { taskId, runId, manifest, digest } = version;
  const { models, runData } = placesIn(dataDir, version);
  const { round } = parseWith(
    MadeBySchema,
    manifest,
    `manifest of V${version.version}`,
    'bad-response',
  ).lineage;
  const store = await openFileModelStore(models);
  const record = await store.round(runId, round);
  if (record === undefined)
    return cannotTell(`the record of round ${round} of run ${runId} of task ${taskId}`);
  if (record.parameters.digest !== digest) {
    return { verdict: 'differs', subject: 'the model', expected: digest, actual: record.parameters.digest };
  }
  const strategy = strategyOfLineage(record.lineage.strategy);
  if (strategy === undefined) return cannotTell(`the strategy ${record.lineage.strategy.name}`);
  return verifyModel({ store, updates: keptUpdatesOf(runData, runId), strategy }, record);
}

function placesIn(dataDir: string, { taskId, runId }: ModelVersionDetail) {
  const isStore = (path: string) => existsSync(join(path, 'store.json'));
  const ofServer = join(dataDir, 'models');
  if (isStore(ofServer)) return { models: ofServer, runData: dataDir };
  const directories = directoriesOf(dataDir);
  const models = directories.models(taskId);
  if (isStore(models)) return { models, runData: directories.runData(taskId, runId) };
  throw new FedOpsError(
    'not-found',
    `no models of task ${taskId} lie in ${dataDir}: name the data directory of the server manager, or of the FL server`,
  );
}

function cannotTell(missing: string): Verdict {
  return { verdict: 'cannot-tell', missing: [missing] };
}
