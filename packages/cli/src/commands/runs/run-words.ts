import { durationText, timeText } from '@fedops/run-reader';
import type { ManagedRun, RunClients } from '@fedops/shared-types';
import { facts } from '../../words/facts.js';

/** More names than this help nobody. */
const LISTED = 5;

/** Where a run stands, in a few words. */
export function stateText({ state }: Pick<ManagedRun, 'state'>): string {
  switch (state.status) {
    case 'published':
      return `published V${state.version}`;
    case 'failed':
      return `failed: ${state.reason}`;
    default:
      return state.status;
  }
}

/** One run, all of it. @param now Milliseconds since the epoch. */
export function runText(run: ManagedRun, now: number): string {
  const { state, settings } = run;
  return facts([
    ['run', run.runId],
    ['task', run.taskId],
    [
      'state',
      `${stateText(run)}, since ${timeText(state.since)} (${durationText(now - Date.parse(state.since))})`,
    ],
    ['message', 'message' in state ? state.message : undefined],
    ['until', 'deadline' in state ? timeText(state.deadline) : undefined],
    ['FL server', 'url' in state ? state.url : undefined],
    ['for Python', 'flowerAddress' in state ? state.flowerAddress : undefined],
    ['model', 'digest' in state ? state.digest : undefined],
    ['from', run.baseVersion === 0 ? 'the initial model' : `V${run.baseVersion}`],
    ['rounds', String(settings.rounds)],
    ['clients', clientsText(settings.clients)],
    ['strategy', settings.strategy.kind],
    ['began', `${timeText(run.createdAt)}, by ${run.startedBy}`],
    ['restarts', run.restarts === 0 ? undefined : String(run.restarts)],
  ]);
}

/** Undefined for a run of every client. */
function clientsText(clients: RunClients): string | undefined {
  if (clients.kind === 'any') return undefined;
  const more = clients.ids.length - LISTED;
  return `${clients.ids.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}, and no others`;
}

/** How a run that is over ended. */
export function endText({ runId, state, settings }: ManagedRun): string {
  switch (state.status) {
    case 'published':
      return `run ${runId} published V${state.version} after ${settings.rounds} rounds: ${state.digest}`;
    case 'failed':
      return `run ${runId} failed: ${state.reason}: ${state.message}\nwhat to do: fedops why ${runId}`;
    default:
      return `run ${runId} is ${state.status}`;
  }
}
