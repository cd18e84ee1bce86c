import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FedOpsError, parseWith, type RunId, type Sha256 } from '@fedops/shared-types';
import type { z } from 'zod';
import {
  createFile,
  makeDurableDirectory,
  readText,
  replaceFile,
  TEMPORARY_SUFFIX,
} from '../files/durable-files.js';
import type { FileSystem } from '../files/file-system.js';
import { nodeFileSystem } from '../files/node-file-system.js';
import { storageError, storing, systemCode } from '../files/storage-error.js';
import { RoundManifestSchema, VersionManifestSchema } from './manifest.js';
import type { ModelStore } from './model-store.js';
import { createParametersWriter, openParameters, verifyDigest } from './parameters-file.js';
import { portableName } from './portable-name.js';
import { createReferences } from './references.js';
import {
  assertNextVersion,
  isSamePublication,
  notHeld,
  referredParameters,
  versionTaken,
} from './store-rules.js';

/** No model takes a day to write. */
const LEFTOVER_AFTER_MS = 24 * 60 * 60 * 1000;

const FORMAT = { format: 'fedops-model-store', version: 1 } as const;

/**
 * A store in a directory of its own:
 *
 * ```
 * store.json                     format and version
 * parameters/<sha-256>.params    encoded parameters, immutable
 * rounds/<run>/<round>.json      what each round made
 * versions/V<n>.json             the published versions; such a file is what publishes
 * dropped/<run>.<round>.json     records whose parameters are being removed; made when the first one is
 * ```
 *
 * @throws {FedOpsError} `storage` where the directory cannot be made or read, `unsupported` for another format.
 */
export async function openFileModelStore(
  directory: string,
  files: FileSystem = nodeFileSystem,
): Promise<ModelStore> {
  const parametersDirectory = join(directory, 'parameters');
  const roundsDirectory = join(directory, 'rounds');
  const versionsDirectory = join(directory, 'versions');
  const droppedDirectory = join(directory, 'dropped');
  const parametersPath = (digest: Sha256) => join(parametersDirectory, `${digest}.params`);
  const runDirectory = (runId: RunId) => join(roundsDirectory, portableName(runId, sha256));
  const roundPath = (runId: RunId, round: number) => join(runDirectory(runId), `${round}.json`);
  /** Directories of runs that outlive a loss of power. */
  const made = new Set<string>();
  /** Settles when all records that were put are there, or have failed. */
  let recorded = Promise.resolve();
  const versionPath = (version: number) => join(versionsDirectory, `V${version}.json`);

  await storing(`model store ${directory}`, async () => {
    await makeDurableDirectory(files, directory);
    for (const path of [parametersDirectory, roundsDirectory, versionsDirectory])
      await files.makeDirectory(path);
    await files.syncDirectory(directory);
    await assertFormat(files, join(directory, 'store.json'));
    await removeLeftovers(files, parametersDirectory);
  });

  async function latestVersion(): Promise<number> {
    const names = await storing('versions of the model store', () => files.list(versionsDirectory));
    return Math.max(
      0,
      ...names.flatMap((name) => /^V([1-9]\d*)\.json$/.exec(name)?.slice(1).map(Number) ?? []),
    );
  }

  const roundReferences = createReferences(files, Date.now, async (path) =>
    referredParameters(await readManifest(files, path, RoundManifestSchema)),
  );
  const versionReferences = createReferences(files, Date.now, async (path) =>
    referredParameters(await readManifest(files, path, VersionManifestSchema)),
  );

  /** Paths of the records of all rounds of all runs. */
  async function roundPaths(): Promise<string[]> {
    const paths: string[] = [];
    for (const run of await files.list(roundsDirectory)) {
      const names = await files.list(join(roundsDirectory, run));
      paths.push(...names.filter(isRecord).map((name) => join(roundsDirectory, run, name)));
    }
    return paths;
  }

  /** What the record in a file refers to; undefined where it is gone. */
  async function digestsIn(path: string): Promise<readonly Sha256[] | undefined> {
    const manifest = await readManifest(files, path, RoundManifestSchema);
    return manifest && [...referredParameters(manifest)];
  }

  /** Removes what a dropped round alone refers to, and its record last: until then an opening of the store goes on. */
  async function finishDrop(path: string, digests: readonly Sha256[]): Promise<void> {
    const inRounds = await roundReferences.of(await roundPaths());
    // Versions last: a round that is published meanwhile is in one or the other.
    const versions = Array.from({ length: await latestVersion() }, (_, i) => versionPath(i + 1));
    const inVersions = await versionReferences.of(versions);
    for (const digest of digests) {
      if (!inRounds.has(digest) && !inVersions.has(digest)) await files.remove(parametersPath(digest));
    }
    await files.remove(path);
  }

  for (const name of await namesIn(files, droppedDirectory)) {
    // Where it fails it costs room and nothing else, and the next opening tries again.
    const path = join(droppedDirectory, name);
    await digestsIn(path)
      .then((digests) => digests && finishDrop(path, digests))
      .catch(() => {});
  }

  return {
    async latest() {
      const version = await latestVersion();
      if (version === 0) return undefined;
      const manifest = await readManifest(files, versionPath(version), VersionManifestSchema);
      if (manifest === undefined) throw new FedOpsError('storage', `V${version} vanished while it was read`);
      const { parameters } = manifest;
      await storing(`parameters of V${version}`, () =>
        verifyDigest(files, parametersPath(parameters.digest), parameters),
      );
      return manifest;
    },

    create: () =>
      storing('new parameters', () => createParametersWriter(files, parametersDirectory, parametersPath)),

    open: (digest) =>
      storing(`parameters ${digest}`, async () => {
        try {
          return await openParameters(files, parametersPath(digest));
        } catch (error) {
          throw systemCode(error) === 'ENOENT' ? notHeld(digest) : error;
        }
      }),

    putRound(manifest) {
      const { runId, round } = manifest.lineage;
      const put = storing(`model of round ${round}`, async () => {
        // Of two records of one round the one that was put last stays.
        await recorded;
        const directory = runDirectory(runId);
        if (!made.has(directory)) await makeDurableDirectory(files, directory);
        made.add(directory);
        const path = roundPath(runId, round);
        roundReferences.forget(path);
        await replaceFile(files, path, JSON.stringify(manifest, null, 2));
        roundReferences.tell(path, [...referredParameters(manifest)]);
      });
      recorded = put.catch(() => {});
      return put;
    },

    round: (runId, round) => readManifest(files, roundPath(runId, round), RoundManifestSchema),

    dropRound: (runId, round) =>
      storing(`model of round ${round}`, async () => {
        const path = roundPath(runId, round);
        const digests = roundReferences.told(path) ?? (await digestsIn(path));
        if (digests === undefined) return;
        await files.makeDirectory(droppedDirectory);
        const dropped = join(droppedDirectory, `${portableName(runId, sha256)}.${round}.json`);
        await files.rename(path, dropped);
        roundReferences.forget(path);
        await finishDrop(dropped, digests);
      }),

    publish: (manifest) =>
      storing(`publishing V${manifest.version}`, async () => {
        const path = versionPath(manifest.version);
        const latest = await latestVersion();
        if (manifest.version > latest) {
          assertNextVersion(manifest.version, latest);
          if (await createFile(files, path, JSON.stringify(manifest, null, 2)))
            return parametersPath(manifest.parameters.digest);
        }
        const published = await readManifest(files, path, VersionManifestSchema);
        if (published === undefined || !isSamePublication(published, manifest))
          throw versionTaken(manifest.version);
        return parametersPath(manifest.parameters.digest);
      }),
  };
}

async function namesIn(files: FileSystem, directory: string): Promise<readonly string[]> {
  try {
    return await files.list(directory);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw storageError(directory, error);
  }
}

function isRecord(name: string): boolean {
  return !name.endsWith(TEMPORARY_SUFFIX);
}

async function assertFormat(files: FileSystem, path: string): Promise<void> {
  if ((await readText(files, path)) === undefined) await createFile(files, path, JSON.stringify(FORMAT));
  const found = parseJson(path, (await readText(files, path)) ?? '');
  if (JSON.stringify(found) !== JSON.stringify(FORMAT)) {
    throw new FedOpsError(
      'unsupported',
      `${path}: expected ${JSON.stringify(FORMAT)}, got ${JSON.stringify(found)}`,
    );
  }
}

/** Removes what killed writers left behind; another server's writer may be at work, so nothing young. */
async function removeLeftovers(files: FileSystem, directory: string): Promise<void> {
  for (const name of await files.list(directory)) {
    if (!name.endsWith(TEMPORARY_SUFFIX)) continue;
    const path = join(directory, name);
    if (Date.now() - (await files.modifiedAt(path)) > LEFTOVER_AFTER_MS) await files.remove(path);
  }
}

async function readManifest<S extends z.ZodType>(
  files: FileSystem,
  path: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  const text = await storing(path, () => readText(files, path));
  if (text === undefined) return undefined;
  try {
    return parseWith(schema, parseJson(path, text), path, 'storage');
  } catch (cause) {
    const { message, details } = FedOpsError.from(cause);
    throw new FedOpsError('storage', message, { cause, details: { ...details, damaged: true } });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FedOpsError('storage', `${path}: expected JSON, it is damaged`, { cause });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
