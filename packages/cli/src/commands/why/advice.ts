import type { Device, ManagedRun, RunClients, RunView } from '@fedops/shared-types';
import { activityText, presenceText } from '../devices/device-words.js';
import type { WhyFacts } from './explanation.js';

/** More names than this help nobody. */
const LISTED = 5;

/** What one can do about a run whose FL server waits. */
export function adviceWithin(view: RunView, { devices, run, now }: WhyFacts): string[] {
  const { phase, reason } = view.state;
  switch (phase) {
    case 'waiting-for-clients':
      return moreDevices(wantedDevices(devices, run.settings.clients), {
        clients: run.settings.clients,
        now,
      });
    case 'fitting':
    case 'evaluating':
      if (reason === 'late-updates') return ['The round has what it needs; nothing need be done.'];
      if (reason === 'central-evaluation') return ['The server measures the model on its own data; wait.'];
      return missingClients(view);
    case 'suspended':
      return [
        'See to the disk of the FL server (space, permissions).',
        `Then end the run and start it again: fedops run stop ${run.runId}`,
      ];
    case 'aggregating':
    case 'publishing':
    case 'finished':
    case 'failed':
      return ['Wait: it takes the next step by itself.'];
  }
}

/** Those of the task's devices that the run is for. */
function wantedDevices(devices: readonly Device[], clients: RunClients): readonly Device[] {
  if (clients.kind === 'any') return devices;
  return devices.filter(({ deviceId, clientId }) => clients.ids.includes(clientId ?? deviceId));
}

function moreDevices(
  devices: readonly Device[],
  { clients, now }: { readonly clients: RunClients; readonly now: number },
): string[] {
  const absent = devices.filter(
    ({ presence, activity }) => presence.state !== 'online' || activity.kind === 'no-client',
  );
  const ready = devices.length - absent.length;
  const lines = absent
    .slice(0, LISTED)
    .map((one) => `Device ${one.deviceId}: ${presenceText(one, now)}, ${activityText(one)}`);
  return [
    startMore(clients, devices.length, ready),
    ...lines,
    ...(absent.length > LISTED ? [`and ${absent.length - LISTED} more: fedops device list`] : []),
  ];
}

function startMore(clients: RunClients, enrolled: number, ready: number): string {
  if (clients.kind === 'listed') {
    return `Start the clients of the chosen devices, all others are refused: ${ready} of ${clients.ids.length} are ready.`;
  }
  return enrolled === 0
    ? 'No device has enrolled for the task: start client managers on devices (fedops client-manager).'
    : `Start more clients: ${enrolled} devices have enrolled, ${ready} of them are ready.`;
}

function missingClients({ state, clients, openRound }: RunView): string[] {
  const connected = new Set(
    clients.filter(({ connection }) => connection === 'connected').map(({ clientId }) => clientId),
  );
  const gone = state.waitingFor.filter((clientId) => !connected.has(clientId));
  const failures = (openRound?.failures ?? [])
    .slice(0, LISTED)
    .map(
      ({ clientId, work, code, message }) =>
        `Failed in this round: ${clientId} (${work}): ${code}: ${message}`,
    );
  return [
    gone.length === 0
      ? 'All that are waited for are connected: wait, or look at those that show no progress.'
      : `Not connected: ${gone.slice(0, LISTED).join(', ')}${gone.length > LISTED ? `, and ${gone.length - LISTED} more` : ''}. Look at their process and their network.`,
    ...failures,
  ];
}

/** What one can do after a run has failed. */
export function adviceAfterFailure({ runId, taskId, settings }: ManagedRun, reason: string): string[] {
  const again = `Then start another: fedops run start ${taskId}`;
  const log = `Read the log of its FL server: fedops run log ${runId}`;
  switch (reason) {
    case 'too-few-clients':
      return [
        'Start more clients (fedops device list says who is there), or let fewer be enough (--min-clients).',
        again,
      ];
    case 'quorum-not-met':
    case 'no-valid-update':
      return [
        `Look at the clients' failures: fedops run log ${runId}`,
        `Give clients more time (fitMs, now ${settings.fitMs} ms), or let fewer be enough (--quorum, now ${settings.quorum}).`,
        again,
      ];
    case 'server-crashed':
      return [log, 'Let it be started again by itself next time: --server-restarts 3.', again];
    case 'server-not-ready':
      return [log, 'See that its port is free and its disk is writable: fedops doctor', again];
    case 'run-too-long':
      return [`Give runs more time (runMs, now ${settings.runMs} ms), or fewer rounds.`, again];
    case 'stopped':
      return [`Somebody stopped it. Start another: fedops run start ${taskId}`];
    case 'storage':
    case 'publish-error':
      return ['See to the disk of the manager (space, permissions): fedops doctor', again];
    default:
      return [log, again];
  }
}
