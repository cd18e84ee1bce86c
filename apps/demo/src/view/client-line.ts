import type { ClientId } from '@fedops/shared-types';
import type { DemoState } from '../federation/demo-state.js';
import type { SessionSeen } from '../manager/device-view.js';
import { bar } from './figures.js';

const BAR_CELLS = 20;

/** A client in one line: a bar of its work, and what it does. */
export function clientLine(clientId: ClientId, { devices, lost }: DemoState): string {
  const device = devices.get(clientId);
  const session = lost.has(clientId) ? null : (device?.session ?? null);
  const what =
    lost.get(clientId) ?? (session === null ? (device?.problem ?? 'starting') : sessionText(session));
  return `${clientId} ▕${bar(session?.progress ?? fullWhenDone(session), BAR_CELLS)}▏ ${what}`;
}

function fullWhenDone(session: SessionSeen | null): number | undefined {
  return session?.phase === 'uploading' || session?.phase === 'finished' ? 1 : undefined;
}

function sessionText({ phase, reason, round, error }: SessionSeen): string {
  const state = round === undefined ? phase : `${phase}, round ${round}`;
  if (error !== undefined) return `${state}: ${error.message}`;
  return phase === 'waiting' || phase === 'connecting' ? `${state}: ${reason}` : state;
}
