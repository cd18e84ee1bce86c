import type { ClientId, RunView } from '@fedops/shared-types';
import { durationText } from '../words/duration.js';

/** A client that is waited for: what it was last heard doing, and how long ago that was. */
export function clientLine({ clients }: RunView, clientId: ClientId, now: number): string {
  const client = clients.find((other) => other.clientId === clientId);
  if (client === undefined) return `${clientId}: not connected`;
  const { connection, activity, lastSeen, name } = client;
  const called = name === null ? clientId : `${clientId} (${name})`;
  const ago = `last heard ${durationText(now - Date.parse(lastSeen))} ago`;
  if (connection !== 'connected') return `${called}: ${connection}, ${ago}`;
  if (activity === null) return `${called}: connected, ${ago}`;
  const progress = activity.progress === undefined ? '' : ` ${Math.floor(activity.progress * 100)} %`;
  return `${called}: ${activity.kind}${progress}, ${ago}`;
}
