import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  keptUpdatesOf,
  openFileModelStore,
  type ParametersReader,
  type Verdict,
  verifyModel,
} from '@fedops/server';
import { directoriesOf } from '@fedops/server-manager';
import { FedOpsError, type ModelVersionDetail, parseWith } from '@fedops/shared-types';
import { z } from 'zod';
import type { Call } from '../../call.js';
import { byteText } from '../../words/byte-text.js';
import { strategyOfLineage } from './strategy-of-lineage.js';

/** The part of a manifest that says which round made the version. */
const MadeBySchema = z.object({ lineage: z.object({ round: z.int().min(0) }) });

/**
 * Whether a version follows from the updates that it was made of, as they lie in a data directory: that of a server
 * manager, or of an FL server. Writes nothing; a bar tells how far it is.
 *
 * @param dataDir Absolute.
 * @throws {FedOpsError} `not-found` where no models lie there; `storage` where they cannot be read.
 */
export async function verifyVersion(
  { output }: Pick<Call, 'output'>,
  dataDir: string,
  version: ModelVersionDetail,
): Promise<Verdict> {
  const { taskId, runId, manifest, digest, byteLength } = version;
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
  // Nearly: its parent, the strategy's state and each update is read to hash it, and again to make the model.
  const files = 1 + record.strategyState.moments.length + record.lineage.participants.length;
  const bar = output.progress({ title: `V${version.version}`, total: 2 * files * byteLength });
  let done = 0;
  const count = (bytes: number) => {
    done += bytes;
    bar.update(done, `${byteText(done)} read`);
  };
  const updates = keptUpdatesOf(runData, runId);
  try {
    return await verifyModel(
      {
        store: {
          round: (...of) => store.round(...of),
          open: async (of) => counted(await store.open(of), count),
        },
        updates: {
          open: async (of) => {
            const reader = await updates.open(of);
            return reader === undefined ? undefined : counted(reader, count);
          },
        },
        strategy,
      },
      record,
    );
  } finally {
    bar.close();
  }
}

/** A reader that tells how much was read of it. */
function counted(reader: ParametersReader, count: (bytes: number) => void): ParametersReader {
  return {
    byteLength: reader.byteLength,
    async read(offset, into) {
      await reader.read(offset, into);
      count(into.length);
    },
    close: () => reader.close(),
  };
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
