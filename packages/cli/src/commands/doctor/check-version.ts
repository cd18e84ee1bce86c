import { FedOpsError, parseWith } from '@fedops/shared-types';
import { z } from 'zod';
import type { ManagerLine } from '../../manager-api/manager-line.js';
import type { Check } from './check.js';

const DescriptionSchema = z.object({ info: z.object({ version: z.string().min(1).max(100) }) });

/**
 * Whether the server manager is of the version that this command line was installed with. It alone of the services tells
 * its version, in its OpenAPI description.
 */
export async function checkVersion(
  manager: Pick<ManagerLine, 'ask'>,
  known: string,
  signal: AbortSignal,
): Promise<Check> {
  try {
    const answer = await manager.ask({ path: '/v1/openapi.json', signal });
    const description: unknown = await answer.json();
    const { info } = parseWith(DescriptionSchema, description, 'description of the manager', 'bad-response');
    return judgeVersion(known, info.version);
  } catch (error) {
    const message = `the manager's cannot be told: ${FedOpsError.from(error).message}`;
    return { name: 'versions', status: 'warn', message };
  }
}

/** Whether a manager's version is the known one. Pure. */
export function judgeVersion(known: string, told: string): Check {
  const name = 'versions';
  if (known === told) return { name, status: 'ok', message: `the manager is ${told}, as fedops knows it` };
  return {
    name,
    status: 'warn',
    message: `the manager is ${told}, fedops was made for ${known}`,
    advice:
      'install the same version on both sides: npm install @fedops/cli@VERSION, then start the service again',
  };
}
