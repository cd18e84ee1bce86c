import type { ClientId } from '@fedops/shared-types';
import type { DemoState } from './demo-state.js';

/**
 * Lost clients that the run waits for. A client that is lost in a round misses that round, which goes on without it;
 * it is wanted again when the next one is to begin.
 */
export function clientsToRestart({ clients, lost, run }: DemoState): readonly ClientId[] {
  return run?.phase === 'waiting-for-clients' ? clients.filter((clientId) => lost.has(clientId)) : [];
}
