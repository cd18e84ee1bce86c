import type { DemoState } from '../federation/demo-state.js';
import { clientLine } from './client-line.js';
import { runLine } from './run-line.js';

/** More would scroll away at every change. */
const MOST_CLIENTS = 16;

/** What a terminal shows of this moment, to be drawn over at the next: a line for the run, a bar for each client. */
export function frame(state: DemoState, now: number): readonly string[] {
  const shown = state.clients.slice(0, MOST_CLIENTS);
  const hidden = state.clients.length - shown.length;
  return [
    '',
    state.run === undefined ? 'starting' : runLine(state.run, now),
    ...shown.map((clientId) => clientLine(clientId, state)),
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
  ];
}
