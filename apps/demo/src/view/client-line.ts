import type { ClientId } from '@fedops/shared-types';
import type { DemoState } from '../federation/demo-state.js';
import type { SessionSeen } from '../federation/device-seen.js';
import { bar } from './figures.js';

const BAR_CELLS = 20;

/** A device in one line: a bar of its client's work and what that does; while it does nothing, what its manager is at. */
export function clientLine(clientId: ClientId, { sessions, devices, lost }: DemoState): string {
  const session = lost.has(clientId) ? undefined : sessions.get(clientId);
  const progress = session?.progress ?? fullWhenDone(session);
  const atRest = session === undefined || RESTING.includes(session.phase);
  const what = lost.get(clientId) ?? (atRest ? devices.get(clientId)?.message : sessionText(session));
  return `${clientId} ▕${bar(progress, BAR_CELLS)}▏ ${what ?? 'starting'}`;
}

const RESTING: readonly string[] = ['idle', 'finished'];

function fullWhenDone(session: SessionSeen | undefined): number | undefined {
  return session?.phase === 'uploading' || session?.phase === 'finished' ? 1 : undefined;
}

function sessionText({ phase, reason, round, error }: SessionSeen): string {
  const state = round === undefined ? phase : `${phase}, round ${round}`;
  if (error !== undefined) return `${state}: ${error.message}`;
  return phase === 'waiting' || phase === 'connecting' ? `${state}: ${reason}` : state;
}
