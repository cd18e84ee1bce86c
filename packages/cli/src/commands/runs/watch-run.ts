import type { ManagedRun } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import { followRun } from '../../manager-api/follow-run.js';
import type { ManagerLine } from '../../manager-api/manager-line.js';
import { BadOutcome } from '../../output/bad-outcome.js';
import { createRunScreen } from './run-screen.js';
import { endText } from './run-words.js';

/**
 * Shows a run until it is over.
 *
 * @throws {BadOutcome} where it failed; {FedOpsError} as `followRun`.
 */
export async function watchRun(
  { context, output }: Call,
  manager: ManagerLine,
  run: ManagedRun,
): Promise<void> {
  const { clock, signal } = context;
  const screen = createRunScreen(output);
  try {
    const ended = await followRun({ manager, clock, hear: screen.hear }, run, { signal });
    screen.close();
    if (output.format === 'text') output.item(ended, endText);
    if (ended.state.status === 'failed') throw new BadOutcome(`run ${ended.runId} failed`);
  } finally {
    screen.close();
  }
}
