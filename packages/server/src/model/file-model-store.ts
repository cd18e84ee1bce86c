import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FedOpsError, parseWith, type RunId, type Sha256 } from '@fedops/shared-types';
import type { z } from 'zod';
import { createFile, makePrivateDirectory, replaceFile, TEMPORARY_SUFFIX } from '../files/durable-files.js';
import { storing, systemCode } from '../files/storage-error.js';
import {
  type RoundManifest,
  RoundManifestSchema,
  type VersionManifest,
  VersionManifestSchema,
} from './manifest.js';
import type { ModelStore } from './model-store.js';
import { createParametersWriter, openParameters, verifyDigest } from './parameters-file.js';
import { portableName } from './portable-name.js';
import { assertNextVersion, notHeld, referredParameters, versionTaken } from './store-rules.js';

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
 * ```
 *
 * @throws {FedOpsError} `storage` where the directory cannot be made or read, `unsupported` for another format.
 */
export async function openFileModelStore(directory: string): Promise<ModelStore> {
  const parametersDirectory = join(directory, 'parameters');
  const roundsDirectory = join(directory, 'rounds');
  const versionsDirectory = join(directory, 'versions');
  const parametersPath = (digest: Sha256) => join(parametersDirectory, `${digest}.params`);
  const roundPath = (runId: RunId, round: number) =>
    join(roundsDirectory, portableName(runId, sha256), `${round}.json`);
  const versionPath = (version: number) => join(versionsDirectory, `V${version}.json`);

  await storing(`model store ${directory}`, async () => {
    for (const path of [parametersDirectory, roundsDirectory, versionsDirectory])
      await makePrivateDirectory(path);
    await assertFormat(join(directory, 'store.json'));
    await removeLeftovers(parametersDirectory);
  });

  async function latestVersion(): Promise<number> {
    const names = await storing('versions of the model store', () => readdir(versionsDirectory));
    return Math.max(
      0,
      ...names.flatMap((name) => /^V([1-9]\d*)\.json$/.exec(name)?.slice(1).map(Number) ?? []),
    );
  }

  async function allManifests(): Promise<(RoundManifest | VersionManifest)[]> {
    const rounds: RoundManifest[] = [];
    for (const run of await readdir(roundsDirectory)) {
      for (const name of await readdir(join(roundsDirectory, run))) {
        if (!name.endsWith('.json')) continue;
        const manifest = await readManifest(join(roundsDirectory, run, name), RoundManifestSchema);
        if (manifest !== undefined) rounds.push(manifest);
      }
    }
    const versions: VersionManifest[] = [];
    for (let version = await latestVersion(); version >= 1; version--) {
      const manifest = await readManifest(versionPath(version), VersionManifestSchema);
      if (manifest !== undefined) versions.push(manifest);
    }
    return [...rounds, ...versions];
  }

  return {
    async latest() {
      const version = await latestVersion();
      if (version === 0) return undefined;
      const manifest = await readManifest(versionPath(version), VersionManifestSchema);
      if (manifest === undefined) throw new FedOpsError('storage', `V${version} vanished while it was read`);
      await storing(`parameters of V${version}`, () =>
        verifyDigest(parametersPath(manifest.parameters.digest), manifest.parameters),
      );
      return manifest;
    },

    create: () =>
      storing('new parameters', () => createParametersWriter(parametersDirectory, parametersPath)),

    async open(digest) {
      try {
        return await openParameters(parametersPath(digest));
      } catch (error) {
        if (systemCode(error) === 'ENOENT') throw notHeld(digest);
        return storing(`parameters ${digest}`, () => Promise.reject(error));
      }
    },

    putRound: (manifest) =>
      storing(`model of round ${manifest.lineage.round}`, async () => {
        const { runId, round } = manifest.lineage;
        await makePrivateDirectory(join(roundsDirectory, portableName(runId, sha256)));
        await replaceFile(roundPath(runId, round), JSON.stringify(manifest, null, 2));
      }),

    round: (runId, round) => readManifest(roundPath(runId, round), RoundManifestSchema),

    dropRound: (runId, round) =>
      storing(`model of round ${round}`, async () => {
        const manifest = await readManifest(roundPath(runId, round), RoundManifestSchema);
        if (manifest === undefined) return;
        await rm(roundPath(runId, round), { force: true });
        const kept = referredParameters(await allManifests());
        for (const digest of referredParameters([manifest])) {
          if (!kept.has(digest)) await rm(parametersPath(digest), { force: true });
        }
      }),

    publish: (manifest) =>
      storing(`publishing V${manifest.version}`, async () => {
        assertNextVersion(manifest.version, await latestVersion());
        const isFirst = await createFile(versionPath(manifest.version), JSON.stringify(manifest, null, 2));
        if (!isFirst) throw versionTaken(manifest.version);
        return parametersPath(manifest.parameters.digest);
      }),
  };
}

async function assertFormat(path: string): Promise<void> {
  await createFile(path, JSON.stringify(FORMAT));
  const found = parseJson(path, await readFile(path, 'utf8'));
  if (JSON.stringify(found) !== JSON.stringify(FORMAT)) {
    throw new FedOpsError(
      'unsupported',
      `${path}: expected ${JSON.stringify(FORMAT)}, got ${JSON.stringify(found)}`,
    );
  }
}

/** Removes what killed writers left behind; another server's writer may be at work, so nothing young. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith(TEMPORARY_SUFFIX)) continue;
    const { mtimeMs } = await stat(join(directory, name));
    if (Date.now() - mtimeMs > LEFTOVER_AFTER_MS) await rm(join(directory, name), { force: true });
  }
}

async function readManifest<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    return storing(path, () => Promise.reject(error));
  }
  return parseWith(schema, parseJson(path, text), path, 'storage');
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
