import type { Activity } from '@fedops/shared-types';
import type { SessionState } from './session-state.js';

/** A state as heartbeats tell it to the server. */
export function activityOf(state: SessionState): Activity {
  switch (state.phase) {
    case 'fitting':
    case 'evaluating': {
      const { phase, runId, round, progress } = state;
      return { kind: phase, runId, round, progress };
    }
    case 'uploading':
      return { kind: 'uploading', runId: state.runId, round: state.round };
    case 'idle':
    case 'connecting':
    case 'waiting':
    case 'finished':
    case 'failed':
    case 'stopping':
      return { kind: 'waiting' };
  }
}
