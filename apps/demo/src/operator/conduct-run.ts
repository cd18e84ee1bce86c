import { type Clock, type ServerManagerAPI, systemClock } from '@fedops/client-api';
import { createRunReader, viewAfter } from '@fedops/run-reader';
import { FedOpsError, type ManagedRun, type RunView } from '@fedops/shared-types';
import type { DemoEvent } from '../federation/demo-state.js';
import { TASK_ID } from '../processes/task-id.js';
import { roundsAfter } from './rounds-after.js';

export interface ConductParts {
  readonly api: ServerManagerAPI;
  readonly dispatch: (event: DemoEvent) => void;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** A run that has published, as the server manager has it. */
export interface ConductedRun {
  readonly runId: string;
  readonly version: number;
  readonly sha256: string;
}

const LOOK_EVERY_MS = 100;

/**
 * Starts a run and follows it to its end: by the server manager, whose word counts, and by the events of its FL server,
 * for the picture.
 *
 * @throws {FedOpsError} `unavailable` where the run published nothing, with the reason; what the manager answers.
 */
export async function conductRun({
  api,
  dispatch,
  signal,
  clock = systemClock,
}: ConductParts): Promise<ConductedRun> {
  const begun = await api.startRun(TASK_ID, {}, { signal });
  const { runId, baseVersion } = begun;
  dispatch({ kind: 'run-began', runId, baseVersion });

  const look = async (): Promise<ManagedRun> => {
    await clock.sleep(LOOK_EVERY_MS, signal);
    return api.getRun(runId, { signal });
  };
  let run = begun;
  while (run.state.status === 'starting' || run.state.status === 'suspended') run = await look();

  const watched = new AbortController();
  const picture =
    run.state.status === 'running'
      ? followPicture(run.state.url, dispatch, AbortSignal.any([signal, watched.signal]))
      : Promise.resolve(undefined);
  try {
    while (run.state.status !== 'published' && run.state.status !== 'failed') run = await look();
  } finally {
    watched.abort(new FedOpsError('aborted', 'the run is over'));
  }
  const seen = await picture;
  const final = await api.viewRun(runId, { signal }).catch(() => undefined);
  for (const record of roundsAfter(seen?.history ?? [], final?.history ?? [])) {
    dispatch({ kind: 'round-ended', runId, record });
  }
  return published(run);
}

/** Tells what the FL server tells, until the signal; resolves with what was seen last. */
async function followPicture(
  baseUrl: string,
  dispatch: (event: DemoEvent) => void,
  signal: AbortSignal,
): Promise<RunView | undefined> {
  let view: RunView | undefined;
  try {
    for await (const event of createRunReader({ baseUrl }).events({ signal })) {
      const before = view;
      view = viewAfter(view, event);
      if (view === undefined) continue;
      for (const record of roundsAfter(before?.history ?? [], view.history)) {
        dispatch({ kind: 'round-ended', runId: view.runId, record });
      }
      dispatch({ kind: 'run-state', state: view.state });
    }
  } catch {
    // The FL server goes when its run is over, and what the picture lacks then the manager has.
  }
  return view;
}

function published({ runId, state }: ManagedRun): ConductedRun {
  if (state.status === 'published') return { runId, version: state.version, sha256: state.digest };
  const why = state.status === 'failed' ? `${state.reason}: ${state.message}` : `it is ${state.status}`;
  throw new FedOpsError('unavailable', `run ${runId} published no model\n${why}`);
}
