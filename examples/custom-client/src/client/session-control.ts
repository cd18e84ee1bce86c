import { type ClientControl, clientStatusOf, type RestingState, type StatusFacts } from '@fedops/client-app';
import { isActive, type Session, type SessionState } from '@fedops/client-session';
import { FedOpsError, type ManagerData, resolveServerAddress } from '@fedops/shared-types';

export interface ControlSettings {
  readonly serverUrl: string;
  readonly facts: StatusFacts;
}

/** A session as the routes of a client app drive it. A start is a signal only: it cannot choose the FL server. */
export function controlOf(session: Session, { serverUrl, facts }: ControlSettings): ClientControl {
  return {
    door: { listenHost: '127.0.0.1', ownHosts: [], allowedOrigins: [], controlToken: undefined },
    state: session.state,
    status: () => clientStatusOf(session.state(), facts),
    begin(managerData) {
      assertStartable(session.state(), serverUrl, managerData);
      return session.run().then(atRest);
    },
    stop: (reason = 'stopped by request') => session.stop(reason),
  };
}

/**
 * @throws {FedOpsError} `conflict` while a run is under way; `permission-denied` for another server than the one that
 *   this client was made for; `invalid-argument` for data that name no port.
 */
function assertStartable(state: SessionState, serverUrl: string, managerData: ManagerData | undefined): void {
  if (isActive(state)) {
    throw new FedOpsError('conflict', `this client is in a run already: ${state.phase}`);
  }
  if (managerData === undefined) return;
  const named = resolveServerAddress({ managerData });
  if (new URL(named).href !== new URL(serverUrl).href) {
    throw new FedOpsError('permission-denied', `this client joins ${serverUrl} alone`);
  }
}

function atRest(state: SessionState): RestingState {
  if (state.phase === 'finished' || state.phase === 'failed' || state.phase === 'idle') return state;
  throw new FedOpsError('internal', `expected a run that has ended, got ${state.phase}`);
}
