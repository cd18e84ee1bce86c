import type { ManagedRun, ManagedRunState, Sha256 } from '@fedops/shared-types';
import type { StoredRun } from '../store/store.js';

/** How an FL server ended, as its launcher saw it. */
export type ServerEnd =
  | { readonly kind: 'published'; readonly version: number; readonly digest: Sha256 }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string }
  /** Its disk failed, and may do again: a later start goes on where it was. */
  | { readonly kind: 'suspended'; readonly reason: string; readonly message: string }
  /** It went without a word. */
  | { readonly kind: 'crashed'; readonly message: string };

/** What can happen to a run; `at` in milliseconds since the epoch. */
export type RunEvent = { readonly at: number } & (
  | {
      readonly kind: 'server-ready';
      readonly url: string;
      readonly port: number;
      readonly pid: number;
      /** Its door for Flower's clients, where it has one. */
      readonly flower?: { readonly port: number; readonly address: string };
    }
  | { readonly kind: 'server-ended'; readonly end: ServerEnd }
  | { readonly kind: 'stop-asked'; readonly message: string }
  | { readonly kind: 'deadline-passed' }
);

/** Reading a large model, or replaying a long journal, takes its time. */
export const START_WITHIN_MS = 120_000;
/** An FL server that is told to stop writes its end down and goes. */
export const STOP_WITHIN_MS = 10_000;

/** A manager that comes back looks for the FL server first; whatever ran out meanwhile ends no sooner. */
export const LOOK_WITHIN_MS = 10_000;

/** An FL server that stood still is started again so often in a row, which takes about a day. */
export const MOST_STANDSTILLS = 30;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 60 * 60_000;
/** One that has worked for so long before counts as the first in a row. */
const HEADWAY_MS = 60 * 60_000;

/** True once nothing about the run changes any more. */
export function isOver({ state }: Pick<ManagedRun, 'state'>): boolean {
  return state.status === 'published' || state.status === 'failed';
}

/** When the present state ends by itself, in milliseconds since the epoch; undefined for a run that is over. */
export function deadlineOf({ state }: Pick<ManagedRun, 'state'>): number | undefined {
  return 'deadline' in state ? Date.parse(state.deadline) : undefined;
}

/** The state of a run whose FL server is being started. */
export function starting(at: number): ManagedRunState {
  return { status: 'starting', since: iso(at), deadline: iso(at + START_WITHIN_MS) };
}

/**
 * A run that goes on, as a manager that comes back finds it: its time away, or a clock that was set meanwhile, has
 * used up nothing of what the FL server may take to be ready, and ends no run before its FL server was looked for.
 */
export function foundAgain(run: StoredRun, at: number): StoredRun {
  const { state } = run;
  switch (state.status) {
    case 'starting':
      return { ...run, state: { ...state, deadline: iso(at + START_WITHIN_MS) } };
    case 'running':
    case 'stopping': {
      const deadline = iso(Math.max(Date.parse(state.deadline), at + LOOK_WITHIN_MS));
      return { ...run, state: { ...state, deadline } };
    }
    case 'suspended': {
      const deadline = iso(Math.min(Date.parse(state.deadline), at + LONGEST_PAUSE_MS));
      return { ...run, state: { ...state, deadline } };
    }
    case 'published':
    case 'failed':
      return run;
  }
}

/**
 * The run after an event; the same value where the event changes nothing. A crash leads to `starting` with one
 * more restart where the run has restarts left, else to `failed`: a server that crashed has finished nothing. One that
 * stands still costs no restart; it is started again after a pause, which doubles each time.
 */
export function advanceRun(run: StoredRun, event: RunEvent): StoredRun {
  if (isOver(run)) return run;
  const since = iso(event.at);
  switch (event.kind) {
    case 'server-ready': {
      if (run.state.status !== 'starting') return run;
      const { url, port, pid, flower } = event;
      const deadline = iso(event.at + run.settings.runMs);
      const running = { status: 'running', since, deadline, url, port, pid } as const;
      return flower === undefined
        ? { ...run, port, state: running }
        : { ...run, port, flowerPort: flower.port, state: { ...running, flowerAddress: flower.address } };
    }
    case 'server-ended':
      return ended(run, event.end, event.at);
    case 'stop-asked': {
      if (run.state.status === 'stopping') return run;
      // There is no FL server that could end it in good order.
      if (run.state.status === 'suspended') return failed(run, event.at, 'stopped', event.message);
      const deadline = iso(event.at + STOP_WITHIN_MS);
      return { ...run, state: { status: 'stopping', since, deadline, message: event.message } };
    }
    case 'deadline-passed':
      return passed(run, event.at);
  }
}

function ended(run: StoredRun, end: ServerEnd, at: number): StoredRun {
  const since = iso(at);
  switch (end.kind) {
    case 'published':
      return { ...run, state: { status: 'published', since, version: end.version, digest: end.digest } };
    case 'failed':
      // The FL server knows that it was told to stop; why is known here.
      return run.state.status === 'stopping' && end.reason === 'stopped'
        ? failed(run, at, 'stopped', run.state.message)
        : failed(run, at, end.reason, end.message);
    case 'suspended':
      return run.state.status === 'stopping'
        ? failed(run, at, 'stopped', run.state.message)
        : stoodStill(run, end, at);
    case 'crashed':
      if (run.state.status === 'stopping') return failed(run, at, 'stopped', run.state.message);
      return run.restarts < run.settings.serverRestarts
        ? { ...run, restarts: run.restarts + 1, state: starting(at) }
        : failed(run, at, 'server-crashed', end.message);
  }
}

function stoodStill(
  run: StoredRun,
  { reason, message }: Extract<ServerEnd, { kind: 'suspended' }>,
  at: number,
): StoredRun {
  const { state } = run;
  const hasMadeHeadway = state.status === 'running' && at - Date.parse(state.since) >= HEADWAY_MS;
  const attempt = hasMadeHeadway ? 1 : run.standstills + 1;
  if (attempt > MOST_STANDSTILLS) {
    return failed(run, at, reason, `${message}; so it was after each of ${MOST_STANDSTILLS} further starts`);
  }
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  const attempts = MOST_STANDSTILLS;
  return {
    ...run,
    standstills: attempt,
    state: {
      status: 'suspended',
      since: iso(at),
      deadline: iso(at + pause),
      reason,
      message,
      attempt,
      attempts,
    },
  };
}

function passed(run: StoredRun, at: number): StoredRun {
  switch (run.state.status) {
    case 'starting':
      return failed(
        run,
        at,
        'server-not-ready',
        `the FL server was not ready within ${START_WITHIN_MS / 1000} s`,
      );
    case 'running':
      return failed(run, at, 'run-too-long', `the run took longer than ${run.settings.runMs} ms`);
    case 'suspended':
      return { ...run, state: starting(at) };
    case 'stopping':
      return failed(run, at, 'stopped', run.state.message);
    case 'published':
    case 'failed':
      return run;
  }
}

function failed(run: StoredRun, at: number, reason: string, message: string): StoredRun {
  return { ...run, state: { status: 'failed', since: iso(at), reason, message } };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
