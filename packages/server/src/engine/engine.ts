import type { Logger } from '@fedops/http-service';
import { FedOpsError, type RunView } from '@fedops/shared-types';
import { createClientRegistry } from '../clients/client-registry.js';
import type { Clock } from '../clock.js';
import type { Reporter } from '../report/reporter.js';
import { beginRun } from '../run/advance.js';
import { instructionFor } from '../run/instruction-for.js';
import { nextVersionOf, type RunPlan } from '../run/run-plan.js';
import type { GlobalModel, RunState } from '../run/run-state.js';
import { viewOf } from '../run/run-view.js';
import type { ClientDesk } from './client-desk.js';
import { createClientDesk, type DeskSettings } from './desk.js';
import { createFarewell } from './farewell.js';
import { createInstructionWaiters } from './instruction-waiters.js';
import { workOnPhase } from './phase-work.js';
import type { CentralEvaluate, RoundWorkParts } from './round-work.js';
import { createRunLoop } from './run-loop.js';
import { runReports } from './run-reports.js';

export interface EngineParts extends RoundWorkParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reporter: Reporter;
  readonly evaluate?: CentralEvaluate;
}

export interface EngineSettings extends DeskSettings {
  readonly maxClients: number;
  /** How many rounds' models stay in the store behind the newest. */
  readonly keepRounds: number;
}

/** How a run ended. */
export type RunOutcome =
  | { readonly status: 'published'; readonly version: number; readonly digest: string; readonly path: string }
  | { readonly status: 'failed'; readonly reason: string; readonly error: FedOpsError };

/** One run, from its first round to its end. */
export interface Engine {
  readonly desk: ClientDesk;
  state(): RunState;
  view(): RunView;
  /** Resolves when the run has ended, either way; never rejects. */
  readonly finished: Promise<RunOutcome>;
  /** Ends the run as failed, unless it has ended. */
  stop(message: string): void;
  /** Resolves once all connected clients know how the run ended, or after so many milliseconds. */
  dismissClients(withinMs: number): Promise<void>;
  /** Lets go of timers and of everybody who waits. */
  close(): void;
}

export function createEngine(
  parts: EngineParts,
  plan: RunPlan,
  model: GlobalModel,
  settings: EngineSettings,
): Engine {
  const { clock, reporter, spool, strategy } = parts;
  const loop = createRunLoop(clock, plan, beginRun(plan, model, clock.now()));
  const registry = createClientRegistry(clock, settings, onceATurn(tellWhoIsConnected));
  const waiters = createInstructionWaiters(clock, (client) =>
    instructionFor(plan, loop.state(), strategy, client, clock.now()),
  );
  const farewell = createFarewell(clock, () => registry.connected());
  const desk = createClientDesk({ loop, registry, waiters, spool, farewell }, plan, settings);
  const work = new AbortController();

  function tellWhoIsConnected(): void {
    loop.dispatch({ kind: 'connected-changed', connected: registry.connected() });
    farewell.check();
  }

  function enter(state: RunState): void {
    waiters.wake();
    void workOnPhase({ ...parts, loop, registry }, plan, state, {
      keepRounds: settings.keepRounds,
      signal: work.signal,
    });
  }

  const finished = new Promise<RunOutcome>((resolve) => {
    loop.onPhase((state) => {
      const outcome = outcomeOf(state);
      if (outcome !== undefined) resolve(outcome);
    });
  });
  const reports = runReports(loop.state());
  reporter.report({ kind: 'run-started', nextVersion: nextVersionOf(plan) });
  loop.onPhase((state) => {
    for (const report of reports(state)) reporter.report(report);
  });
  loop.onPhase(enter);
  enter(loop.state());

  return {
    desk,
    state: () => loop.state(),
    view: () => viewOf(plan, loop.state(), registry.snapshots()),
    finished,
    stop: (message) => loop.dispatch({ kind: 'stopped', message }),
    dismissClients: (withinMs) => farewell.complete(withinMs),
    close() {
      work.abort();
      loop.close();
      registry.close();
      waiters.close();
    },
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

/** Calls at the end of the turn of the event loop, once however often it was asked: ten thousand clients may come in one. */
function onceATurn(callback: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      callback();
    });
  };
}
