import { durationText, timeText } from '@fedops/run-reader';
import type { Device } from '@fedops/shared-types';

/** Whether a device is there, and since when. @param now Milliseconds since the epoch. */
export function presenceText({ presence }: Pick<Device, 'presence'>, now: number): string {
  const { state, since, left } = presence;
  const how = state === 'offline' && left ? 'offline (left)' : state;
  return `${how} since ${timeText(since)} (${durationText(now - Date.parse(since))})`;
}

/** What a device was last heard doing. */
export function activityText({ activity }: Pick<Device, 'activity'>): string {
  switch (activity.kind) {
    case 'no-client':
      return 'client app does not answer';
    case 'idle':
      return 'idle';
    case 'training': {
      const run = activity.runId === null ? '' : ` in ${activity.runId}`;
      const progress = activity.progress === null ? '' : ` ${Math.floor(activity.progress * 100)} %`;
      return `training${run}${progress}`;
    }
  }
}
