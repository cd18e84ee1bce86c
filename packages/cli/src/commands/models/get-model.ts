import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FedOpsError, type ModelVersion } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import type { ManagerLine } from '../../manager-api/manager-line.js';
import { byteText } from '../../words/byte-text.js';
import { downloadModel } from './download-model.js';
import { converted, EXTENSION_OF, type ModelFormat } from './model-format.js';

export interface GetModelOptions {
  readonly format: ModelFormat;
  /** Relative to the working directory; undefined for a name made of task and version. */
  readonly output: string | undefined;
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
}

/** A model that lies in a file now. */
export interface GotModel {
  readonly taskId: string;
  readonly version: number;
  /** Of the parameters in our encoding. */
  readonly digest: string;
  readonly format: ModelFormat;
  readonly path: string;
  readonly bytes: number;
}

/**
 * Downloads a version into a file, whole or not at all. What an attempt that broke has gathered lies beside it as
 * `<path>.<digest>.part`, and the next one goes on from there.
 *
 * @throws {FedOpsError} `conflict` where the file is there and may not be replaced; or as `downloadModel`.
 */
export async function getModel(
  { context, output }: Pick<Call, 'context' | 'output'>,
  manager: ManagerLine,
  model: ModelVersion,
  { format, output: named, force }: GetModelOptions,
): Promise<GotModel> {
  const { cwd, clock, signal } = context;
  const path = resolve(cwd, named ?? `${fileName(model)}.${EXTENSION_OF[format]}`);
  if (!force && (await isThere(path))) {
    throw new FedOpsError('conflict', `${path} is there already; --force replaces it`);
  }
  const part = `${path}.${model.digest.slice(0, 16)}.part`;
  const bar = output.progress({ title: `V${model.version}`, total: model.byteLength });
  try {
    await downloadModel(
      {
        manager,
        clock,
        progress: (bytes) => bar.update(bytes, `${byteText(bytes)} of ${byteText(model.byteLength)}`),
      },
      model,
      { path: part, signal },
    );
  } finally {
    bar.close();
  }
  if (format !== 'raw') await convertFile(part, path, format);
  else await rename(part, path);
  const { size } = await stat(path);
  const { taskId, version, digest } = model;
  return { taskId, version, digest, format, path, bytes: size };
}

async function convertFile(part: string, path: string, format: ModelFormat): Promise<void> {
  const file = await readFile(part);
  const encoded = new Uint8Array(file.buffer as ArrayBuffer, file.byteOffset, file.byteLength);
  const written = `${path}.new`;
  await writeFile(written, converted(encoded, format), { mode: 0o600 });
  await rename(written, path);
  await rm(part);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Ids are free text: what no file name can hold is left out of it. */
function fileName({ taskId, version }: ModelVersion): string {
  const readable = taskId.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60);
  return `${readable || 'model'}-v${version}`;
}
