import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm, truncate } from 'node:fs/promises';
import { FedOpsError, type ModelVersion } from '@fedops/shared-types';
import type { CommandContext } from '../../context.js';
import { errorOfConnection } from '../../manager-api/ask-manager.js';
import type { ManagerLine } from '../../manager-api/manager-line.js';

/** What a download works with. */
export interface DownloadParts {
  readonly manager: Pick<ManagerLine, 'ask'>;
  readonly clock: CommandContext['clock'];
  /** Told of the bytes that are there. */
  readonly progress: (bytes: number) => void;
}

/** Where a download goes. */
export interface DownloadTarget {
  /** Where the bytes are gathered; what an earlier attempt left there is gone on with. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/** What the bytes must be. */
type WantedModel = Pick<ModelVersion, 'taskId' | 'version' | 'digest' | 'byteLength'>;

/** A broken connection is made again so often in a row without a byte in between. */
const MOST_VAIN_ATTEMPTS = 5;
const PAUSE_MS = 500;

/** The bytes that are in the file, and what they hash to so far. */
interface Gathered {
  bytes: number;
  hash: Hash;
}

/**
 * Downloads a version's parameters into a file: from where an earlier attempt stopped, by `Range` and `If-Range`. The
 * file is the model, byte by byte, when this resolves.
 *
 * @throws {FedOpsError} `bad-response` where the bytes are not those of the version's digest, and the file is removed;
 *   `unavailable` after five attempts in a row without a byte; `not-found`, `aborted`, `storage`.
 */
export async function downloadModel(
  { manager, clock, progress }: DownloadParts,
  model: WantedModel,
  { path, signal }: DownloadTarget,
): Promise<void> {
  let gathered = await readGathered(path, model.byteLength);
  let vain = 0;
  while (gathered.bytes < model.byteLength) {
    progress(gathered.bytes);
    const before = gathered.bytes;
    try {
      gathered = await receive(manager, model, gathered, { path, signal, progress });
      if (gathered.bytes < model.byteLength)
        throw new FedOpsError('unavailable', 'the download ended too early');
    } catch (cause) {
      const error = FedOpsError.from(cause);
      vain = gathered.bytes > before ? 0 : vain + 1;
      if (error.code !== 'unavailable' || vain >= MOST_VAIN_ATTEMPTS) throw error;
      await clock.sleep(PAUSE_MS, signal).catch(() => {});
    }
  }
  progress(gathered.bytes);
  const digest = gathered.hash.digest('hex');
  if (gathered.bytes === model.byteLength && digest === model.digest) return;
  await rm(path, { force: true });
  throw new FedOpsError(
    'bad-response',
    `expected ${model.byteLength} bytes of SHA-256 ${model.digest}, got ${gathered.bytes} of ${digest}; they are thrown away`,
  );
}

async function receive(
  manager: Pick<ManagerLine, 'ask'>,
  { taskId, version, digest, byteLength }: WantedModel,
  gathered: Gathered,
  { path, signal, progress }: DownloadTarget & Pick<DownloadParts, 'progress'>,
): Promise<Gathered> {
  const from = gathered.bytes;
  const request = `/v1/tasks/${encodeURIComponent(taskId)}/models/${version}/parameters`;
  const answer = await manager.ask({
    path: request,
    // As they lie: a compressed answer has no ranges of them.
    headers: {
      'Accept-Encoding': 'identity',
      ...(from > 0 && { Range: `bytes=${from}-`, 'If-Range': `"${digest}"` }),
    },
    signal,
  });
  const goesOn = answer.status === 206 && answer.headers.get('Content-Range')?.startsWith(`bytes ${from}-`);
  if (from > 0 && !goesOn) {
    gathered.bytes = 0;
    gathered.hash = createHash('sha256');
    await storing(path, () => truncate(path, 0));
  }
  const file = await storing(path, () => open(path, 'a', 0o600));
  try {
    await append(file, answer, gathered, { path, byteLength, progress });
  } catch (cause) {
    throw errorOfConnection(cause, `GET ${request}`, signal);
  } finally {
    await file.close();
  }
  return gathered;
}

async function append(
  file: FileHandle,
  answer: Response,
  gathered: Gathered,
  {
    path,
    byteLength,
    progress,
  }: Pick<DownloadTarget & WantedModel & DownloadParts, 'path' | 'byteLength' | 'progress'>,
): Promise<void> {
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    await storing(path, () => file.write(chunk));
    gathered.hash.update(chunk);
    gathered.bytes += chunk.length;
    progress(gathered.bytes);
    // Whatever comes behind the model fills the disk for nothing.
    if (gathered.bytes > byteLength) break;
  }
  await storing(path, () => file.sync());
}

/** What an earlier attempt left; more than the whole is of something else, and is begun anew. */
async function readGathered(path: string, byteLength: number): Promise<Gathered> {
  const gathered: Gathered = { bytes: 0, hash: createHash('sha256') };
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      gathered.hash.update(chunk);
      gathered.bytes += chunk.length;
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return gathered;
    throw storageError(path, cause);
  }
  if (gathered.bytes <= byteLength) return gathered;
  await storing(path, () => truncate(path, 0));
  return { bytes: 0, hash: createHash('sha256') };
}

async function storing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storageError(path, cause);
  }
}

function storageError(path: string, cause: unknown): FedOpsError {
  return new FedOpsError('storage', `cannot write ${path}: ${FedOpsError.from(cause).message}`, { cause });
}
