import type { FLClientTask } from '@fedops/client-app';
import { FedOpsError } from '@fedops/shared-types';
import type { Call } from '../../call.js';

/**
 * Takes part in one run and tells which version came of it.
 *
 * @throws {FedOpsError} with what the client's part failed; `aborted` where it was told to end.
 */
export async function takePartOnce({ context, output }: Call, task: FLClientTask): Promise<void> {
  const { signal } = context;
  const stop = () => void task.stop('the command was ended');
  const run = task.begin();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const end = await run;
  signal.removeEventListener('abort', stop);
  switch (end.phase) {
    case 'finished': {
      const { runId, version, digest } = end;
      output.item(
        { event: 'finished', runId, version, digest },
        () => `run ${runId} published V${version}, ${digest}`,
      );
      return;
    }
    case 'failed':
      throw new FedOpsError(end.code, end.message);
    case 'idle':
      throw new FedOpsError('aborted', 'the client left the run');
  }
}
