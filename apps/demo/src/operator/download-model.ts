import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorOfAnswer, FedOpsError } from '@fedops/shared-types';
import { TASK_ID } from '../processes/task-id.js';

export interface ModelToDownload {
  readonly version: number;
  readonly sha256: string;
}

/**
 * Downloads a published version from the server manager into a file of this directory, whole or not at all.
 *
 * @returns The file's path.
 * @throws {FedOpsError} `bad-response` where its SHA-256 is another than the run announced, `storage`, `unavailable`.
 */
export async function downloadModel(
  managerUrl: string,
  { version, sha256 }: ModelToDownload,
  { directory, signal }: { readonly directory: string; readonly signal: AbortSignal },
): Promise<string> {
  const bytes = await fetchModel(
    `${managerUrl}/v1/tasks/${encodeURIComponent(TASK_ID)}/models/${version}/parameters`,
    signal,
  );
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new FedOpsError('bad-response', `V${version}: expected SHA-256 ${sha256}, got ${found}`);
  }
  const path = join(directory, `V${version}.params`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const temporary = `${path}.${randomUUID()}.part`;
    await writeFile(temporary, bytes, { mode: 0o600 });
    await rename(temporary, path);
  } catch (cause) {
    throw new FedOpsError('storage', `cannot write ${path}: ${FedOpsError.from(cause).message}`, { cause });
  }
  return path;
}

async function fetchModel(url: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const answer = await fetch(url, { signal });
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    throw errorOfAnswer(answer.status, await answer.json().catch(() => undefined), 'download of the model');
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw FedOpsError.is(cause)
      ? cause
      : new FedOpsError('unavailable', 'the download of the model broke off', { cause });
  }
}
