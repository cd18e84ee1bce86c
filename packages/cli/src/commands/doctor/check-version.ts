import { FedOpsError, parseWith } from '@fedops/shared-types';
import { z } from 'zod';
import type { ManagerLine } from '../../manager-api/manager-line.js';
import type { Check } from './check.js';

const DescriptionSchema = z.object({ info: z.object({ version: z.string().min(1).max(100) }) });

/**
 * Whether the server manager is of this command line's version. It alone of the services tells its version, in its
 * OpenAPI description.
 */
export async function checkVersion(
  manager: Pick<ManagerLine, 'ask'>,
  own: string,
  signal: AbortSignal,
): Promise<Check> {
  try {
    const answer = await manager.ask({ path: '/v1/openapi.json', signal });
    const description: unknown = await answer.json();
    const { info } = parseWith(DescriptionSchema, description, 'description of the manager', 'bad-response');
    return judgeVersion(own, info.version);
  } catch (error) {
    const message = `the manager's cannot be told: ${FedOpsError.from(error).message}`;
    return { name: 'versions', status: 'warn', message };
  }
}

/** Whether two versions go together. Pure. @param own Of this command line. @param theirs Of the manager. */
export function judgeVersion(own: string, theirs: string): Check {
  const name = 'versions';
  if (own === theirs) return { name, status: 'ok', message: `fedops and the manager are both ${own}` };
  return {
    name,
    status: 'warn',
    message: `fedops is ${own}, the manager ${theirs}`,
    advice:
      'install the same version on both sides: npm install @fedops/cli@VERSION, then start the service again',
  };
}
