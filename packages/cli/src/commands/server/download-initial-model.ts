import { createHash } from 'node:crypto';
import { readNpz, readSafetensors } from '@fedops/model-files';
import type { Parameters } from '@fedops/parameters';
import type { InitialModelSource } from '@fedops/server';
import { errorOfAnswer, FedOpsError } from '@fedops/shared-types';
import type { CommandContext } from '../../context.js';
import { errorOfConnection } from '../../manager-api/ask-manager.js';

/** What one download may take. */
export interface DownloadLimits {
  /** Ends the download with `aborted`. */
  readonly signal: AbortSignal;
  /** Of the file, and of what it unpacks to. Default: 1 GiB. */
  readonly maxBytes?: number;
  /** Default: ten minutes. */
  readonly withinMs?: number;
}

const GIBIBYTE = 1024 ** 3;
const TEN_MINUTES_MS = 600_000;

/**
 * The model that a run starts from, from where an environment says that it lies. Nothing of it is read before its
 * SHA-256 is that of the source. Errors name the host alone: the rest of the URL may be a credential.
 *
 * @throws {FedOpsError} `bad-response` for another SHA-256; `too-large` beyond the limit; `unavailable` where nobody
 *   answers in time; the code of the answer's status, such as `not-found`; `aborted`; `invalid-argument` and
 *   `unsupported` for a file that is no model.
 */
export async function downloadInitialModel(
  { fetch }: Pick<CommandContext, 'fetch'>,
  { url, sha256, format }: InitialModelSource,
  { signal, maxBytes = GIBIBYTE, withinMs = TEN_MINUTES_MS }: DownloadLimits,
): Promise<Parameters> {
  const what = `FEDOPS_INITIAL_MODEL_URL: the model at ${url.host}`;
  const file = await bodyOf(
    () =>
      fetch(url, {
        // As it lies: the SHA-256 is that of the file.
        headers: { 'Accept-Encoding': 'identity' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
      }),
    what,
    { signal, maxBytes },
  );
  const got = createHash('sha256').update(file).digest('hex');
  if (got !== sha256) {
    throw new FedOpsError(
      'bad-response',
      `${what}: expected the SHA-256 of FEDOPS_INITIAL_MODEL_SHA256, ${sha256}, got ${got}`,
    );
  }
  try {
    return format === 'npz' ? readNpz(file, { maxBytes }) : readSafetensors(file, { maxBytes });
  } catch (cause) {
    const { code, message, details } = FedOpsError.from(cause);
    throw new FedOpsError(code, `${what} is no ${format} file to start from: ${message}`, { cause, details });
  }
}

async function bodyOf(
  ask: () => Promise<Response>,
  what: string,
  { signal, maxBytes }: { readonly signal: AbortSignal; readonly maxBytes: number },
): Promise<Uint8Array> {
  try {
    const answer = await ask();
    if (!answer.ok) {
      await answer.body?.cancel();
      throw errorOfAnswer(answer.status, undefined, what);
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > maxBytes) throw new FedOpsError('too-large', `${what}: more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  } catch (cause) {
    throw errorOfConnection(cause, what, signal);
  }
}
