import { FedOpsError } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import type { Check } from './check.js';

/** Whether the configuration file can be read and says nothing wrong. */
export async function checkConfig({ config }: Pick<Call, 'config'>): Promise<Check> {
  const name = 'configuration';
  try {
    const { path } = await config();
    return { name, status: 'ok', message: path === undefined ? 'no file; the defaults hold' : path };
  } catch (error) {
    const { message } = FedOpsError.from(error);
    return { name, status: 'fail', message, advice: 'correct the lines that are named' };
  }
}
