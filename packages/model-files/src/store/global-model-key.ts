import { FedOpsError } from '@fedops/shared-types';

/** What Python's FedOps calls the formats of its stored models: Keras, PyTorch (two spellings), adapter arrays. */
export const GLOBAL_MODEL_EXTENSIONS = ['h5', 'pth', 'pt', 'npz'] as const;

/** The format of one stored model, by the ending of its key. */
export type GlobalModelExtension = (typeof GLOBAL_MODEL_EXTENSIONS)[number];

/** Where Python's FedOps keeps a published global model. */
export interface GlobalModelKey {
  readonly taskId: string;
  /** A class name, or a Hugging Face id, which may contain `/`. */
  readonly model: string;
  /** Counted from 1. */
  readonly version: number;
  readonly extension: GlobalModelExtension;
}

const KEY = /^([^/]+)\/(.+)_gl_model_V(\d{1,15})\.(h5|pth|pt|npz)$/is;

/** What the key `{task}/{model}_gl_model_V{n}.{ext}` says; undefined for any other object of the store. */
export function parseGlobalModelKey(key: string): GlobalModelKey | undefined {
  const match = KEY.exec(key);
  if (match === null) return undefined;
  const [, taskId, model, digits, extension] = match;
  const version = Number(digits);
  if (version < 1) return undefined;
  return {
    taskId: taskId!,
    model: model!,
    version,
    extension: extension!.toLowerCase() as GlobalModelExtension,
  };
}

/**
 * The key under which Python's FedOps looks for the model.
 *
 * @throws {FedOpsError} `invalid-argument` where it would be read as another one.
 */
export function formatGlobalModelKey(key: GlobalModelKey): string {
  const { taskId, model, version, extension } = key;
  const text = `${taskId}/${model}_gl_model_V${version}.${extension}`;
  const read = parseGlobalModelKey(text);
  const isSame =
    read?.taskId === taskId &&
    read.model === model &&
    read.version === version &&
    read.extension === extension;
  if (!isSame)
    throw new FedOpsError('invalid-argument', `${JSON.stringify(text)} is no key of a global model`);
  return text;
}

/**
 * The key with the highest version of a task, which Python's next run starts from; undefined where there is none.
 * Among equal versions the first counts.
 */
export function latestGlobalModel(keys: Iterable<string>, taskId: string): string | undefined {
  let latest: { readonly key: string; readonly version: number } | undefined;
  for (const key of keys) {
    const parsed = parseGlobalModelKey(key);
    if (parsed?.taskId !== taskId || parsed.version <= (latest?.version ?? 0)) continue;
    latest = { key, version: parsed.version };
  }
  return latest?.key;
}
