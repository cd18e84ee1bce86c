import { FLServer, type RunOutcome } from '@fedops/server';
import { FedOpsError } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import { BadOutcome } from '../../output/bad-outcome.js';
import { serve } from '../../service/serve.js';
import { planServer } from './server-plan.js';

/**
 * Runs an FL server through one run. Told to end before, it leaves the run as it is: the next server of the same data
 * directory goes on with it.
 */
export async function runServer(call: Call): Promise<void> {
  const { settings, parts, close } = await planServer(call);
  try {
    await serve(call, 'FL server', async () => {
      const server = await new FLServer(settings, parts).start();
      const { url, port, runId, doorUrls } = server;
      return {
        ready: { url, port, taskId: settings.taskId, runId, doors: doorUrls, dataDir: settings.dataDir },
        ended: server.finished.then((outcome) => tellOutcome(call, outcome)),
        close: () => server.close(),
      };
    });
  } finally {
    await close();
  }
}

function tellOutcome({ output }: Call, outcome: RunOutcome): void {
  switch (outcome.status) {
    case 'published': {
      const { version, digest, path } = outcome;
      output.item(
        { event: 'published', version, digest, path },
        () => `V${version} published: ${path}\nSHA-256 ${digest}`,
      );
      return;
    }
    case 'failed': {
      const { reason, error } = outcome;
      output.item(
        { event: 'failed', reason, message: error.message },
        () => `the run failed: ${error.message}`,
      );
      throw new BadOutcome('the run failed');
    }
    case 'suspended':
      throw FedOpsError.from(outcome.error);
  }
}
