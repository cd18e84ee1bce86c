import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { assertFinite, decodeParameters, type Parameters, signatureDigest } from '@fedops/parameters';
import { FedOpsError, type InitialModel, type Sha256, type Signature } from '@fedops/shared-types';

export interface ReceivedModel {
  readonly model: InitialModel;
  readonly signature: Signature;
  /** Puts the file into its place, durably. */
  keep(): Promise<void>;
  /** Throws it away; does nothing after `keep`. */
  discard(): Promise<void>;
}

/**
 * Streams encoded parameters (docs/protocol.md 2) into a file beside `path` and reads them: format, every tensor,
 * every value finite.
 *
 * @throws {FedOpsError} `invalid-argument` for bytes that are no parameters or hold a NaN or an infinity, `too-large`,
 *   `storage`.
 */
export async function receiveInitialModel(
  body: AsyncIterable<Uint8Array>,
  path: string,
  limitBytes: number,
): Promise<ReceivedModel> {
  const temporary = `${path}.${randomUUID()}.part`;
  const discard = () => rm(temporary, { force: true });
  try {
    await storing(() => mkdir(dirname(path), { recursive: true, mode: 0o700 }));
    const digest = await write(body, temporary, limitBytes);
    const bytes = await storing(() => readFile(temporary));
    const { signature } = checked(bytes);
    return {
      model: {
        digest,
        byteLength: bytes.length,
        signatureDigest: await signatureDigest(signature),
        tensors: signature.length,
      },
      signature,
      keep: () => storing(() => rename(temporary, path)),
      discard,
    };
  } catch (error) {
    // Where nothing can be written there may be nothing to throw away either; the first failure is the one to tell.
    await discard().catch(() => undefined);
    throw error;
  }
}

function checked(bytes: Uint8Array): Parameters {
  const parameters = decodeParameters(bytes);
  assertFinite(parameters);
  return parameters;
}

async function write(body: AsyncIterable<Uint8Array>, path: string, limitBytes: number): Promise<Sha256> {
  const hash = createHash('sha256');
  const file = await storing(() => open(path, 'wx', 0o600));
  try {
    let length = 0;
    for await (const chunk of body) {
      length += chunk.length;
      if (length > limitBytes) {
        throw new FedOpsError('too-large', `expected a model of at most ${limitBytes} bytes`);
      }
      hash.update(chunk);
      await storing(() => file.appendFile(chunk));
    }
    await storing(() => file.sync());
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new FedOpsError(
      'storage',
      `the initial model cannot be stored: ${FedOpsError.from(cause).message}`,
      {
        cause,
      },
    );
  }
}
