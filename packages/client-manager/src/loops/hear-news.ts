import { FedOpsError } from '@fedops/shared-types';
import type { News } from '../server/server-line.js';
import type { ManagerState } from '../state/manager-state.js';
import type { Run } from '../state/run.js';
import { backoffMs, jittered } from './backoff.js';
import { factsOf, type LoopParts, pause } from './loop-parts.js';

/** Between questions to a manager that answers at once, in milliseconds. */
const POLL_EVERY_MS = 5_000;
/** A long poll that came back sooner was no wait; the next one is not sent before. */
const LEAST_BETWEEN_MS = 1_000;
const ANSWER_WITHIN_MS = 40_000;

/**
 * Hears of runs: by long poll where the server manager offers it, else by asking again and again, with jitter, and
 * ever less often while nobody answers. Ends with the signal.
 */
export async function hearNews(parts: LoopParts): Promise<void> {
  const { record, signal } = parts;
  let failures = 0;
  for (;;) {
    const { run } = await record.when((state) => questionIn(state, parts), signal);
    failures = (await ask(parts, run)) ? 0 : failures + 1;
    if (failures > 0) await restAfterFailure(parts, failures);
  }
}

async function ask(parts: LoopParts, run: Run | null): Promise<boolean> {
  const { record, server, clock, random, signal } = parts;
  const line = server.current;
  if (line === undefined) return false;
  const askedAt = clock.now();
  const pollMs = jittered(POLL_EVERY_MS, random());
  record.dispatch({
    kind: 'news-asked',
    at: askedAt,
    nextNewsAt: askedAt + (line.waits ? ANSWER_WITHIN_MS : pollMs),
  });
  try {
    const news = await line.news(run, signal);
    record.dispatch({ kind: 'server-manager-heard', at: clock.now() });
    if (news !== undefined) tell(parts, news);
  } catch (cause) {
    signal.throwIfAborted();
    const error = FedOpsError.from(cause);
    const isForgotten = line.waits && (error.code === 'unauthenticated' || error.code === 'not-found');
    const kind = isForgotten ? 'forgotten' : 'server-manager-silent';
    if (line === server.current) record.dispatch({ kind, at: clock.now(), error: factsOf(error) });
    return false;
  }
  const interval = line.waits ? LEAST_BETWEEN_MS : pollMs;
  const left = askedAt + interval - clock.now();
  if (left > 0) await clock.sleep(left, signal);
  return true;
}

function tell({ record, clock }: LoopParts, news: News): void {
  const at = clock.now();
  switch (news.kind) {
    case 'run':
      record.dispatch({ kind: 'run-offered', at, run: news.run });
      return;
    case 'run-over':
      record.dispatch({ kind: 'run-over', at, key: news.key });
      return;
    case 'no-run':
      record.dispatch({ kind: 'no-run', at });
  }
}

/** Asks sooner once the manager has given a sign of life. */
async function restAfterFailure(parts: LoopParts, failures: number): Promise<void> {
  const { record, random, clock } = parts;
  const ms = backoffMs(failures, random());
  record.dispatch({ kind: 'news-asked', at: clock.now(), nextNewsAt: clock.now() + ms });
  const isSilent = (state: ManagerState) => state.facts.link.kind !== 'registered';
  const wasSilent = isSilent(record.state());
  await pause(parts, ms, (state) => (wasSilent && !isSilent(state) ? true : undefined));
}

interface Question {
  /** The run that the device is at, or was last. */
  readonly run: Run | null;
}

/**
 * What to ask in a state; undefined where nothing that could be heard matters now.
 *
 * While the client trains only a manager with run ids is asked: the ready flag of the others says nothing of a run,
 * since any device's manager may clear it (W5).
 */
function questionIn(state: ManagerState, { server }: LoopParts): Question | undefined {
  if (server.current === undefined || state.facts.link.kind === 'unregistered') return undefined;
  const { last } = state.facts;
  switch (state.phase) {
    case 'waiting':
      return { run: last === null || last.isRunOver ? null : last.run };
    case 'starting':
      return { run: state.run };
    case 'training':
    case 'reporting':
      return server.current.waits && !state.isRunOver ? { run: state.run } : undefined;
    case 'seeking-client':
    case 'registering':
      return undefined;
  }
}
