import type { ClientPart, DeviceInstruction } from '@fedops/shared-types';
import { isChosen } from '../runs/chosen-clients.js';
import { isOver } from '../runs/run-state.js';
import type { StoredDevice, StoredRun } from '../store/store.js';

/** What the answer depends on. */
export interface InstructionGrounds {
  readonly device: Pick<StoredDevice, 'deviceId' | 'clientId'>;
  /** The task's run that goes on. */
  readonly active: StoredRun | undefined;
  /** The run that the device is at, as far as it says. */
  readonly named: StoredRun | undefined;
  /** How the device's own part of the active run ended, where it has. */
  readonly part: ClientPart | undefined;
}

/**
 * What a device is to do: start where an FL server waits for it, hear how the run ended that it named, or undefined
 * for nothing. Once a device's part of a run has ended, it is not started again in that run; and one that a run is not for
 * waits for the next.
 */
export function instructionFor({
  device,
  active,
  named,
  part,
}: InstructionGrounds): DeviceInstruction | undefined {
  if (named !== undefined && isOver(named)) return endOf(named);
  if (active === undefined || active.runId === named?.runId) return undefined;
  if (active.state.status !== 'running' || part !== undefined) return undefined;
  if (!isChosen(active.settings.clients, device)) return undefined;
  const { url, flowerAddress } = active.state;
  return {
    kind: 'start',
    taskId: active.taskId,
    runId: active.runId,
    serverUrl: url,
    ...(flowerAddress !== undefined && { flowerAddress }),
    nextVersion: active.baseVersion + 1,
    rounds: active.settings.rounds,
  };
}

function endOf({ taskId, runId, state }: StoredRun): DeviceInstruction | undefined {
  switch (state.status) {
    case 'published':
      return { kind: 'published', taskId, runId, version: state.version };
    case 'failed':
      return { kind: 'failed', taskId, runId, reason: state.reason, message: state.message };
    case 'starting':
    case 'running':
    case 'suspended':
    case 'stopping':
      return undefined;
  }
}
