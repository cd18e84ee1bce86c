import { readFile } from 'node:fs/promises';
import { readNpz, readSafetensors } from '@fedops/model-files';
import { decodeParameters, encodeParameters, PARAMETERS_MEDIA_TYPE } from '@fedops/parameters';
import { FedOpsError, parseWith, type Task, TaskSchema } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import type { ManagerLine } from '../../manager-api/manager-line.js';
import { byteText } from '../../words/byte-text.js';

const startsWith = (file: Uint8Array, text: string) =>
  Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, text.length)).toString('latin1') === text;

/**
 * A model file's parameters as the manager takes them. Its first bytes tell whether it is ours, an npz or a safetensors
 * file.
 *
 * @throws {FedOpsError} `invalid-argument` or `unsupported` for a file that is none of these.
 */
function encodedModel(file: Uint8Array): Uint8Array<ArrayBuffer> {
  if (startsWith(file, 'FOPARAMS')) return encodeParameters(decodeParameters(file));
  return encodeParameters(startsWith(file, 'PK') ? readNpz(file) : readSafetensors(file));
}

/** @throws {FedOpsError} `not-found`, `storage`, or as `encodedModel`, naming the file. */
export async function readModelFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new FedOpsError(
      cause.code === 'ENOENT' ? 'not-found' : 'storage',
      `cannot read the model ${path}: ${cause.message}`,
      { cause },
    );
  });
  try {
    return encodedModel(file);
  } catch (cause) {
    const { code, message, details } = FedOpsError.from(cause);
    throw new FedOpsError(code, `${path} is no model file: ${message}`, { cause, details });
  }
}

/** A model for a task, in our encoding. */
export interface InitialModel {
  readonly taskId: string;
  readonly model: Uint8Array<ArrayBuffer>;
}

/** Gives a task the model that its first run starts from, behind a bar; returns the task as it is then. */
export async function putInitialModel(
  { context, output }: Pick<Call, 'context' | 'output'>,
  manager: Pick<ManagerLine, 'ask'>,
  { taskId, model }: InitialModel,
): Promise<Task> {
  const bar = output.progress({ title: 'model', total: model.length });
  try {
    const answer = await manager.ask({
      method: 'PUT',
      path: `/v1/tasks/${encodeURIComponent(taskId)}/initial-parameters`,
      headers: { 'Content-Type': PARAMETERS_MEDIA_TYPE },
      body: model,
      sent: (bytes) => bar.update(bytes, `${byteText(bytes)} of ${byteText(model.length)}`),
      signal: context.signal,
    });
    return parseWith(TaskSchema, await answer.json(), 'answer to the initial model', 'bad-response');
  } finally {
    bar.close();
  }
}
