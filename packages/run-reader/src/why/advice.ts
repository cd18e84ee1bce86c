import type { RunView } from '@fedops/shared-types';

/** What one can do about it; empty where there is nothing to do but wait. */
export function adviceOf(view: RunView): string {
  const { phase, reason } = view.state;
  switch (phase) {
    case 'waiting-for-clients':
      if (view.listedClients !== undefined) {
        return 'Start those of the listed clients that are not there: every other client is refused.';
      }
      return 'Start more clients, and see that they know the address of this server, its task and its enrolment token.';
    case 'fitting':
      return reason === 'late-updates' ? 'The round has what it needs; nothing need be done.' : missing(view);
    case 'evaluating':
      return reason === 'central-evaluation'
        ? 'The server measures the model on its own data.'
        : missing(view);
    case 'aggregating':
    case 'publishing':
      return '';
    case 'suspended':
      return 'See to the disk of the server (space, permissions) and start it again: it goes on in the same round, with the updates it has.';
    case 'finished':
      return 'Start the server again to begin the next run from this model.';
    case 'failed':
      return afterFailure(reason);
  }
}

function missing({ state, clients }: RunView): string {
  const connected = new Set(
    clients.filter(({ connection }) => connection === 'connected').map(({ clientId }) => clientId),
  );
  return state.waitingFor.every((client) => connected.has(client))
    ? 'All of them are connected: wait, or look at those that show no progress.'
    : 'Look at those that are not connected: their process, and their network.';
}

function afterFailure(reason: string): string {
  switch (reason) {
    case 'too-few-clients':
      return 'Start more clients, or let fewer be enough (minClients, minConnected); then start the server again.';
    case 'quorum-not-met':
    case 'no-valid-update':
      return 'Look at the failures of the last round; give clients more time (fitMs), or let fewer be enough (quorum).';
    case 'aggregation-error':
    case 'publish-error':
      return "Look at the server's log and its disk; then start it again.";
    case 'stopped':
      return 'Somebody stopped it. Start the server again to begin a new run.';
    default:
      return "Look at the server's log.";
  }
}
