import type { Logger } from '@fedops/http-service';
import { type ClientId, FedOpsError, type RunView } from '@fedops/shared-types';
import { createClientRegistry, type Presence } from '../clients/client-registry.js';
import type { Clock } from '../clock.js';
import type { EventLog } from '../events/event-log.js';
import { eventsBetween } from '../events/events-between.js';
import type { Reporter } from '../report/reporter.js';
import { explainSuspension } from '../run/explain.js';
import { instructionFor } from '../run/instruction-for.js';
import { nextVersionOf } from '../run/run-plan.js';
import type { RunState } from '../run/run-state.js';
import { viewOf } from '../run/run-view.js';
import type { ClientDesk } from './client-desk.js';
import { createClientDesk, type DeskSettings } from './desk.js';
import { createFarewell } from './farewell.js';
import { createInstructionWaiters } from './instruction-waiters.js';
import { onceATurn } from './once-a-turn.js';
import { type PhaseWorkSettings, workOnPhase } from './phase-work.js';
import type { CentralEvaluate, RoundWorkParts } from './round-work.js';
import { createRunLoop, isWaiting, reasonOf, type UntimedEvent } from './run-loop.js';
import { runReports } from './run-reports.js';
import { participantsOf, type RunStart } from './run-start.js';

export interface EngineParts extends RoundWorkParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reporter: Reporter;
  readonly evaluate?: CentralEvaluate;
}

export interface EngineSettings extends DeskSettings, Omit<PhaseWorkSettings, 'signal'> {
  readonly maxClients: number;
  /** After a restart, clients that took part count as connected for so long. */
  readonly returnWithinMs: number;
}

/** How a run ended, or that it stands still. */
export type RunOutcome =
  | { readonly status: 'published'; readonly version: number; readonly digest: string; readonly path: string }
  | { readonly status: 'failed'; readonly reason: string; readonly error: FedOpsError }
  /** Nothing more could be stored; what was acknowledged is safe, and a restart goes on from there. */
  | { readonly status: 'suspended'; readonly reason: 'storage'; readonly error: FedOpsError };

/** One run, from where it starts to its end. */
export interface Engine {
  readonly desk: ClientDesk;
  view(): RunView;
  /** What is told of the run as it happens; never ahead of the view and never behind it. */
  readonly events: EventLog;
  /** Resolves when the run has ended or stands still; never rejects. */
  readonly finished: Promise<RunOutcome>;
  /** Ends the run as failed, unless it has ended. */
  stop(message: string): Promise<void>;
  /** Resolves once all connected clients know how the run ended, or after so many milliseconds. */
  dismissClients(withinMs: number): Promise<void>;
  /** Lets go of timers and of everybody who waits. */
  close(): void;
}

/** Begins or resumes a run; resolves once it is in motion. */
export async function startEngine(
  parts: EngineParts,
  start: RunStart,
  settings: EngineSettings,
): Promise<Engine> {
  const { clock, logger, reporter, spool, strategy } = parts;
  const { plan, journal, events } = start;
  const loop = createRunLoop({ clock, journal, following }, plan, start.state);
  const registry = createClientRegistry(clock, settings, {
    connectedChanged: onceATurn(tellWhoIsConnected),
    presenceChanged: tellPresence,
    keyShown: (clientId, keyHash) =>
      void journal.append({ kind: 'client-known', clientId, keyHash }).catch(loop.suspend),
  });
  const waiters = createInstructionWaiters(clock, (client) =>
    instructionFor(plan, loop.state(), strategy, client, clock.now()),
  );
  const farewell = createFarewell(clock, () => registry.connected());
  const desk = createClientDesk({ clock, loop, registry, waiters, spool, farewell }, plan, settings);
  const work = new AbortController();
  let suspendedAt = 0;

  function tellWhoIsConnected(): void {
    attempt(loop.dispatch({ kind: 'connected-changed', connected: registry.connected() }));
    farewell.check();
  }

  function tellPresence(clientId: ClientId, { connection, name }: Presence): void {
    events.appendPassing({ kind: `client-${connection}`, clientId, name }, clock.now());
  }

  /** A round that begins hears at once who is connected. */
  function following(state: RunState): UntimedEvent | undefined {
    return isWaiting(state) ? { kind: 'connected-changed', connected: registry.connected() } : undefined;
  }

  function enter(state: RunState): void {
    waiters.wake();
    attempt(workOnPhase({ ...parts, loop, registry }, plan, state, { ...settings, signal: work.signal }));
  }

  /** What goes wrong here goes wrong for the run as a whole, which then stands still and says so. */
  function attempt(task: Promise<unknown>): void {
    task.catch((error: unknown) => {
      if (loop.suspension() === undefined) logger.error({ err: error }, 'an error within the run');
    });
  }

  const finished = new Promise<RunOutcome>((resolve) => {
    const resolveWhenOver = (state: RunState) => {
      const outcome = outcomeOf(state);
      if (outcome !== undefined) resolve(outcome);
    };
    resolveWhenOver(loop.state());
    loop.onPhase(resolveWhenOver);
    loop.onSuspended((error) => {
      suspendedAt = clock.now();
      logger.error({ code: error.code }, `the run stands still: ${error.message}`);
      events.appendPassing({ kind: 'run-suspended', ...reasonOf(error) }, suspendedAt);
      waiters.close();
      resolve({ status: 'suspended', reason: 'storage', error });
    });
  });
  loop.onChange((transition) => events.append(eventsBetween(plan, transition), transition.event.at));
  const reports = runReports(loop.state());
  if (outcomeOf(loop.state()) === undefined)
    reporter.report({ kind: 'run-started', nextVersion: nextVersionOf(plan) });
  loop.onPhase((state) => {
    for (const report of reports(state)) reporter.report(report);
  });
  loop.onPhase(enter);

  if (start.isResumed) {
    // Without a step that is journalled no new ids begin: who read before must not take what follows for known.
    if (outcomeOf(loop.state()) !== undefined) events.forget(clock.now());
    registry.expect({
      clients: participantsOf(start.state),
      knownKeys: start.knownKeys,
      withinMs: settings.returnWithinMs,
    });
    try {
      await loop.dispatch({ kind: 'resumed' });
    } catch (error) {
      close();
      throw error;
    }
    for (const { clientId, connection, status } of registry.snapshots()) {
      tellPresence(clientId, { connection, name: status?.FL_client_name ?? null });
    }
  }
  enter(loop.state());
  // Those who are expected back count as connected already: nobody tells of them when they come.
  const follows = start.isResumed ? following(loop.state()) : undefined;
  if (follows !== undefined) attempt(loop.dispatch(follows));

  function close(): void {
    work.abort();
    loop.close();
    registry.close();
    waiters.close();
  }

  return {
    desk,
    events,
    view() {
      const view = viewOf(plan, loop.state(), registry.snapshots());
      const suspension = loop.suspension();
      return suspension === undefined
        ? view
        : { ...view, state: explainSuspension(suspendedAt, suspension.message) };
    },
    finished,
    async stop(message) {
      await loop.dispatch({ kind: 'stopped', message });
    },
    dismissClients: (withinMs) => farewell.complete(withinMs),
    close,
  };
}

function outcomeOf(state: RunState): RunOutcome | undefined {
  switch (state.phase) {
    case 'in-round':
    case 'publishing':
      return undefined;
    case 'finished':
      return {
        status: 'published',
        version: state.version,
        digest: state.model.parameters.digest,
        path: state.path,
      };
    case 'failed':
      return { status: 'failed', reason: state.reason, error: new FedOpsError(state.code, state.message) };
  }
}
