import type { Environment } from '@fedops/client-api';
import { FedOpsError, parseWith, type Sha256, Sha256Schema } from '@fedops/shared-types';
import { variable } from './variable.js';

/** Where a model to start from lies, and what it must be. */
export interface InitialModelSource {
  /** http or https. It may hold a credential: for no log and no message. */
  readonly url: URL;
  /** Of the file. */
  readonly sha256: Sha256;
  readonly format: 'npz' | 'safetensors';
}

const URL_NAME = 'FEDOPS_INITIAL_MODEL_URL';
const SHA256_NAME = 'FEDOPS_INITIAL_MODEL_SHA256';
const FORMAT_NAME = 'FEDOPS_INITIAL_MODEL_FORMAT';

/**
 * The model that FedOps 1.3 gives an FL server to start from: `FEDOPS_INITIAL_MODEL_URL`,
 * `FEDOPS_INITIAL_MODEL_SHA256` and `FEDOPS_INITIAL_MODEL_FORMAT`. Pure; undefined where no URL is set.
 *
 * @throws {FedOpsError} naming the variable: `invalid-argument` for one that is wrong or missing beside the URL;
 *   `unsupported` for another format than npz and safetensors.
 */
export function initialModelFrom(env: Environment): InitialModelSource | undefined {
  const text = variable(env, URL_NAME);
  if (text === undefined) return undefined;
  const sha256 = required(env, SHA256_NAME).toLowerCase();
  const format = required(env, FORMAT_NAME).toLowerCase();
  if (format !== 'npz' && format !== 'safetensors') {
    throw new FedOpsError(
      'unsupported',
      `${FORMAT_NAME}: expected npz or safetensors, got ${JSON.stringify(format.slice(0, 100))}`,
    );
  }
  return { url: urlIn(text), sha256: parseWith(Sha256Schema, sha256, SHA256_NAME), format };
}

function required(env: Environment, name: string): string {
  const text = variable(env, name);
  if (text !== undefined) return text;
  throw new FedOpsError('invalid-argument', `${name}: needed beside ${URL_NAME}`);
}

/** What came stands in no message: a credential may be in it. */
function urlIn(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url !== undefined && isHttp && url.username === '' && url.password === '') return url;
  throw new FedOpsError(
    'invalid-argument',
    `${URL_NAME}: expected an http or https URL without user and password`,
  );
}
