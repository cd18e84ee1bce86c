import { workerTrainer } from '@fedops/client-session/node';
import type { ComposeServer } from '@fedops/server-manager';
import { endWithParent } from './end-with-parent.js';
import { serverLimits } from './server-limits.js';

/**
 * What the server manager's FL servers get beside their run's settings: each round's model is measured on the 10,000
 * test images, which no client has.
 */
export const composeServer: ComposeServer = async ({ settings }) => {
  endWithParent();
  const examiner = workerTrainer(new URL('../model/trainer.js', import.meta.url), {
    data: { role: 'examiner' },
  });
  await examiner.ready();
  return {
    limits: serverLimits(settings.clientsPerRound),
    evaluate: (parameters, { round, signal }) =>
      examiner.evaluate({ parameters, round, seed: 0, config: {} }, { signal, progress: () => {} }),
    close: () => examiner.close(),
  };
};
