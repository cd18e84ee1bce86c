import type { Logger } from '@fedops/http-service';
import { EvaluationSchema, FedOpsError, parseWith } from '@fedops/shared-types';
import type { ClientRegistry } from '../clients/client-registry.js';
import type { Clock } from '../clock.js';
import { readParameters } from '../model/read-parameters.js';
import { nextVersionOf, type RunPlan } from '../run/run-plan.js';
import type { InRound, RunState } from '../run/run-state.js';
import { type CentralEvaluate, makeRoundModel, publishVersion, type RoundWorkParts } from './round-work.js';
import { phaseOf, type RunLoop, reasonOf, type UntimedEvent } from './run-loop.js';

export interface PhaseWorkParts extends RoundWorkParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly loop: RunLoop;
  readonly registry: ClientRegistry;
  /** Measures a global model on the server's own data; absent where it has none. */
  readonly evaluate?: CentralEvaluate;
}

export interface PhaseWorkSettings {
  /** How many rounds' models stay in the store behind the newest. */
  readonly keepRounds: number;
  /** Whether a restart goes on with the run: it stands still then where the disk fails, else it fails. */
  readonly isResumable: boolean;
  /** Ends the central evaluation when the server closes. */
  readonly signal: AbortSignal;
}

/** Does what a phase asks of the server itself, and tells the loop how it went unless the run has moved on meanwhile. */
export async function workOnPhase(
  parts: PhaseWorkParts,
  plan: RunPlan,
  state: RunState,
  settings: PhaseWorkSettings,
): Promise<void> {
  const { loop } = parts;
  const phase = phaseOf(state);
  const isCurrent = () => phaseOf(loop.state()) === phase;
  const event = await eventOfPhase(parts, plan, state, { ...settings, isCurrent });
  if (event !== undefined && isCurrent()) await loop.dispatch(event);
}

/** `isCurrent`: whether the run is in the phase still. */
type PhaseSettings = PhaseWorkSettings & { readonly isCurrent: () => boolean };

async function eventOfPhase(
  parts: PhaseWorkParts,
  plan: RunPlan,
  state: RunState,
  settings: PhaseSettings,
): Promise<UntimedEvent | undefined> {
  switch (state.phase) {
    case 'in-round':
      return eventOfRound(parts, plan, state, settings);
    case 'publishing':
      return publishVersion(parts, plan, state, parts.clock.now()).then(
        (path) => ({ kind: 'published', version: nextVersionOf(plan), path }),
        (error: unknown) => eventOfFailure('publish-failed', error, parts.loop, settings),
      );
    case 'finished':
    case 'failed':
      return undefined;
  }
}

async function eventOfRound(
  parts: PhaseWorkParts,
  plan: RunPlan,
  state: InRound,
  settings: PhaseSettings,
): Promise<UntimedEvent | undefined> {
  const { registry } = parts;
  const { round, model } = state;
  switch (round.phase) {
    case 'waiting-for-clients':
      // The next round does not wait for it: its updates go into other slots.
      void tidyUp(parts, plan, state, settings);
      return undefined;
    case 'fitting':
      return undefined;
    case 'aggregating':
      return makeRoundModel(parts, plan, model, round, settings.isCurrent).then(
        (result) => ({ kind: 'aggregated', ...result, connected: registry.connected() }),
        (error: unknown) => eventOfFailure('aggregation-failed', error, parts.loop, settings),
      );
    case 'evaluating': {
      const tidied = tidyUp(parts, plan, state, settings);
      const event = await evaluateCentrally(parts, state, settings.signal);
      await tidied;
      return event;
    }
  }
}

/**
 * None where the disk failed and a restart can do the work again, from the same updates: the run stands still. What
 * is damaged or lost would be so after every restart.
 */
function eventOfFailure(
  kind: 'aggregation-failed' | 'publish-failed',
  thrown: unknown,
  loop: RunLoop,
  { isResumable, isCurrent }: PhaseSettings,
): UntimedEvent | undefined {
  const error = FedOpsError.from(thrown);
  const canBeDoneAgain = error.code === 'storage' && error.details.damaged !== true && isResumable;
  if (!canBeDoneAgain) return { kind, ...reasonOf(error) };
  if (isCurrent()) loop.suspend(error);
  return undefined;
}

async function evaluateCentrally(
  { store, evaluate }: PhaseWorkParts,
  { model }: InRound,
  signal: AbortSignal,
): Promise<UntimedEvent | undefined> {
  if (evaluate === undefined) return undefined;
  try {
    const parameters = await readParameters(store, model.parameters.digest);
    const measured = await evaluate(parameters, { round: model.round, signal });
    return {
      kind: 'centrally-evaluated',
      evaluation: parseWith(EvaluationSchema, measured, 'central evaluation'),
    };
  } catch (error) {
    return { kind: 'central-evaluation-failed', message: FedOpsError.from(error).message };
  }
}

/** Updates are private, and go once the model that they made is durable; so do models of rounds long past. */
async function tidyUp(
  { spool, store, logger }: PhaseWorkParts,
  { runId }: RunPlan,
  { model }: InRound,
  { keepRounds }: PhaseWorkSettings,
): Promise<void> {
  try {
    spool.retain([]);
    const outdated = model.round - keepRounds;
    if (outdated >= 0) await store.dropRound(runId, outdated);
  } catch (error) {
    logger.warn({ error }, 'could not tidy up after a round');
  }
}
