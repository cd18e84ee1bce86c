import type { ClientPart, DeviceInstruction, RunId } from '@fedops/shared-types';
import type { StoredTask } from '../store/store.js';
import { hostAndPort } from '../tasks/host-and-port.js';

/** What the answer depends on. */
export interface ExternalGrounds {
  readonly task: StoredTask;
  /** The run that the device is at, as far as it says. */
  readonly named: RunId | undefined;
  /** How the device's own part of the newest run ended, where it has. */
  readonly part: ClientPart | undefined;
}

/**
 * What a device of a task is to do whose FL server somebody else starts, by what that said of itself: start where it
 * is ready, hear how the run ended that it named, or undefined for nothing.
 */
export function externalInstructionFor({
  task,
  named,
  part,
}: ExternalGrounds): DeviceInstruction | undefined {
  const { taskId, server, serverReport } = task;
  const run = serverReport?.run ?? null;
  if (server.kind !== 'external' || run === null) return undefined;
  const { runId, version } = run;
  switch (run.end) {
    case null:
      if (named === runId || part !== undefined) return undefined;
      return {
        kind: 'start',
        taskId,
        runId,
        serverUrl: server.url,
        // Who starts the FL server names one address for it, and knows which protocol it speaks.
        flowerAddress: hostAndPort(new URL(server.url)),
        nextVersion: version,
      };
    case 'published':
      return named === runId ? { kind: 'published', taskId, runId, version } : undefined;
    case 'failed':
    case 'stopped': {
      const message = `the FL server says that its run has ${run.end === 'failed' ? 'failed' : 'been stopped'}`;
      return named === runId ? { kind: 'failed', taskId, runId, reason: run.end, message } : undefined;
    }
  }
}
