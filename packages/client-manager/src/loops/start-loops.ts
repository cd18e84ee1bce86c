import { FedOpsError } from '@fedops/shared-types';
import type { DeviceIdentity } from '../keep/device-identity.js';
import { linkedAbort } from '../linked-abort.js';
import { hearNews } from './hear-news.js';
import type { LoopParts } from './loop-parts.js';
import { runParts } from './run-parts.js';
import { type DeviceLabels, stayRegistered } from './stay-registered.js';
import { watchClient } from './watch-client.js';

/** The loops of a manager at work. */
export interface Loops {
  /** Ends them, and tells the server manager that the device goes, unless its client still trains. */
  end(): Promise<void>;
}

const LEAVE_WITHIN_MS = 2_000;

export function startLoops(
  parts: Omit<LoopParts, 'signal'>,
  identity: DeviceIdentity,
  labels: DeviceLabels,
): Loops {
  const controller = new AbortController();
  const withSignal = { ...parts, signal: controller.signal };
  const loops = [
    watchClient(withSignal),
    stayRegistered(withSignal, identity, labels),
    hearNews(withSignal),
    runParts(withSignal),
  ].map((loop) =>
    loop.catch((cause: unknown) => {
      if (!controller.signal.aborted) parts.logger.error({ err: cause }, 'a loop of the manager broke off');
    }),
  );
  return {
    async end() {
      controller.abort(new FedOpsError('aborted', 'the manager closes'));
      await Promise.all(loops);
      await leave(parts);
    },
  };
}

async function leave({ record, server, logger }: Omit<LoopParts, 'signal'>): Promise<void> {
  const { phase, facts } = record.state();
  if (phase === 'training' || phase === 'starting' || facts.link.kind !== 'registered') return;
  const limit = linkedAbort(new AbortController().signal, LEAVE_WITHIN_MS);
  await server.current
    ?.leave(limit.signal)
    .catch((cause: unknown) => logger.info({ err: cause }, 'the server manager could not be told'));
  limit.end();
}
