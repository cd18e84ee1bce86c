import type { ClientId, Instruction } from '@fedops/shared-types';
import type { Strategy } from '@fedops/strategies';
import { isAsked } from './client-results.js';
import { evaluationsOf } from './evaluating.js';
import { updatesOf } from './fitting.js';
import type { RunPlan } from './run-plan.js';
import type { RunState } from './run-state.js';
import { workSeed } from './work-seed.js';

/**
 * What a client shall do now; undefined where it shall wait. It follows from the state alone, so a client that
 * asks twice is told the same thing, and one whose result is in is not asked again.
 */
export function instructionFor(
  plan: RunPlan,
  state: RunState,
  strategy: Pick<Strategy, 'configureFit' | 'configureEvaluate'>,
  client: ClientId,
  now: number,
): Instruction | undefined {
  const { runId } = plan;
  switch (state.phase) {
    case 'in-round': {
      const { round: open, model } = state;
      const work = {
        runId,
        round: open.round,
        parameters: model.parameters,
        remainingMs: Math.max(0, open.deadline - now),
      };
      if (open.phase === 'fitting' && isAsked(updatesOf(open), client)) {
        const seed = workSeed(plan, open.round, 'fit', client);
        return { kind: 'fit', ...work, seed, config: strategy.configureFit(open.round) };
      }
      if (open.phase === 'evaluating' && isAsked(evaluationsOf(open), client)) {
        const seed = workSeed(plan, open.round, 'evaluate', client);
        return { kind: 'evaluate', ...work, seed, config: strategy.configureEvaluate(open.round) };
      }
      return undefined;
    }
    case 'publishing':
      return undefined;
    case 'finished':
      return { kind: 'finish', runId, version: state.version, digest: state.model.parameters.digest };
    case 'failed':
      return { kind: 'fail', runId, code: state.code, message: state.message };
  }
}
