import { FedOpsError, type ManagedRun, type RunEvent, type RunView } from '@fedops/shared-types';
import type { CommandContext } from '../context.js';
import type { ManagerLine } from './manager-line.js';

/** What happens to a run. */
export type RunNews =
  /** As its manager sees it; the last news is how it ended. */
  | { readonly kind: 'run'; readonly run: ManagedRun }
  /** From within. */
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** How it was from within when it ended, where its end was not heard: what the events told may be in it again. */
  | { readonly kind: 'view'; readonly view: RunView };

export interface FollowParts {
  readonly manager: Pick<ManagerLine, 'api' | 'readRun'>;
  readonly clock: CommandContext['clock'];
  readonly hear: (news: RunNews) => void;
}

export interface FollowOptions {
  /** The id of the last event that is known; without it the first is `reset`, which holds the whole view. */
  readonly after?: string;
  readonly signal: AbortSignal;
}

const POLL_MS = 500;
/** A manager that is started again is back by then. */
const GIVE_UP_AFTER_MS = 60_000;
/** For the last events, which are on their way when the manager knows the end already. */
const LAST_EVENTS_WITHIN_MS = 2_000;

/**
 * Tells what happens to a run until it is over. Each event comes once, also where the manager or the FL server is
 * started again meanwhile: reading goes on after the last one.
 *
 * @returns The run as it ended.
 * @throws {FedOpsError} `aborted` by the signal; `unavailable` when the manager has been away for a minute; what else
 *   it refuses.
 */
export async function followRun(
  { manager, clock, hear }: FollowParts,
  first: ManagedRun,
  { after, signal }: FollowOptions,
): Promise<ManagedRun> {
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener('abort', end);
  let run = first;
  let last = after;
  let hasRunEnded = false;
  let reading: Promise<void> | undefined;
  let failure: FedOpsError | undefined;

  async function read(): Promise<void> {
    const options = { signal: ending.signal, ...(last !== undefined && { after: last }) };
    for await (const event of manager.readRun(run.runId).events(options)) {
      last = event.id;
      hear({ kind: 'event', event });
      hasRunEnded = tellsTheEnd(event);
      if (hasRunEnded) return;
    }
  }

  function readOn(): void {
    reading ??= read()
      .catch((error: unknown) => {
        const { code } = FedOpsError.from(error);
        if (code !== 'unavailable' && code !== 'overloaded' && code !== 'aborted')
          failure = FedOpsError.from(error);
      })
      .then(() => {
        reading = undefined;
      });
  }

  if (!isOver(run)) hear({ kind: 'run', run });
  try {
    let away = 0;
    while (!isOver(run)) {
      if (failure !== undefined) throw failure;
      if (run.state.status === 'running' && !hasRunEnded) readOn();
      await clock.sleep(POLL_MS, signal).catch(() => {});
      const next = await manager.api.getRun(run.runId, { signal }).catch((error: unknown) => {
        if (signal.aborted)
          throw new FedOpsError('aborted', `run ${run.runId} goes on; it is followed no more`);
        away += POLL_MS;
        if (FedOpsError.from(error).code !== 'unavailable' || away > GIVE_UP_AFTER_MS) throw error;
        return undefined;
      });
      if (next === undefined) continue;
      away = 0;
      const isNews = JSON.stringify(next.state) !== JSON.stringify(run.state);
      run = next;
      if (isNews && !isOver(run)) hear({ kind: 'run', run });
    }
    if (reading !== undefined)
      await Promise.race([reading, clock.sleep(LAST_EVENTS_WITHIN_MS, ending.signal)]);
    if (!hasRunEnded) {
      const view = await manager.api.viewRun(run.runId, { signal }).catch(() => undefined);
      if (view !== undefined) hear({ kind: 'view', view });
    }
    hear({ kind: 'run', run });
    return run;
  } finally {
    end();
    signal.removeEventListener('abort', end);
    await reading;
  }
}

function tellsTheEnd({ kind }: RunEvent): boolean {
  return kind === 'version-published' || kind === 'run-failed';
}

/** Whether nothing about a run changes any more. */
export function isOver({ state }: Pick<ManagedRun, 'state'>): boolean {
  return state.status === 'published' || state.status === 'failed';
}
