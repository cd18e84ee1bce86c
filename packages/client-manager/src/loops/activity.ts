import type { DeviceActivity } from '@fedops/shared-types';
import type { ManagerState } from '../state/manager-state.js';
import { isBusy } from '../state/resting.js';

/** What the server manager is told that the device is at. */
export function activityOf(state: ManagerState): DeviceActivity {
  if (state.phase === 'training') {
    return { kind: 'training', runId: state.run.runId, progress: state.progress };
  }
  if (state.facts.client.kind !== 'answering') return { kind: 'no-client' };
  // A device that is not free must not be counted on for a run.
  return isBusy(state.facts) || state.phase === 'starting'
    ? { kind: 'training', runId: state.phase === 'starting' ? state.run.runId : null, progress: null }
    : { kind: 'idle' };
}
