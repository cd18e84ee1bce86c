import { assertSameSignature } from '@fedops/parameters';
import { type ClientId, FedOpsError, PROTOCOL_VERSION, type Registration } from '@fedops/shared-types';
import type { ClientRegistry } from '../clients/client-registry.js';
import { admissionTo } from '../run/admission.js';
import { isAsked } from '../run/client-results.js';
import { evaluationsOf } from '../run/evaluating.js';
import { updatesOf } from '../run/fitting.js';
import { nextVersionOf, type RunPlan } from '../run/run-plan.js';
import type { RunState } from '../run/run-state.js';
import type { ClientDesk } from './client-desk.js';
import type { Farewell } from './farewell.js';
import type { InstructionWaiters } from './instruction-waiters.js';
import { createResultIntake, type IntakeParts, type IntakeSettings } from './result-intake.js';

export interface DeskParts extends IntakeParts {
  readonly registry: ClientRegistry;
  readonly waiters: InstructionWaiters;
  readonly farewell: Farewell;
}

/** What the desk tells clients at their registration, and takes from them. */
export interface DeskSettings extends IntakeSettings {
  readonly leaseMs: number;
}

export function createClientDesk(parts: DeskParts, plan: RunPlan, settings: DeskSettings): ClientDesk {
  const { loop, registry, waiters, farewell } = parts;
  const admit = admissionTo(plan);

  /** A run that stands still tells its clients to come again later, when the server is back. */
  function assertGoing(): void {
    const suspension = loop.suspension();
    if (suspension === undefined) return;
    throw new FedOpsError(
      'unavailable',
      `the run stands still until the server is restarted: ${suspension.message}`,
      {
        cause: suspension,
      },
    );
  }

  return {
    ...createResultIntake(parts, plan, settings),

    register(registration) {
      assertGoing();
      assertRegistration(plan, registration);
      admit(registration.clientId);
      return {
        protocolVersion: PROTOCOL_VERSION,
        taskId: plan.taskId,
        clientId: registration.clientId,
        token: registry.register(registration),
        runId: plan.runId,
        rounds: plan.rounds,
        nextVersion: nextVersionOf(plan),
        signature: [...plan.signature],
        leaseMs: settings.leaseMs,
        maxUpdateBytes: settings.maxUpdateBytes,
      };
    },

    authenticate: (token) => registry.authenticate(token),

    async nextInstruction(client, waitMs, signal) {
      assertGoing();
      const release = registry.hold(client);
      try {
        const instruction = await waiters.wait(client, waitMs, signal);
        if (instruction?.kind === 'finish' || instruction?.kind === 'fail') farewell.told(client);
        return instruction;
      } finally {
        release();
      }
    },

    heartbeat(client, { status, activity }) {
      assertGoing();
      registry.heartbeat(client, status, activity);
      const { runId, round } = activity;
      const isAtWork = runId !== undefined && round !== undefined;
      const isWanted = !isAtWork || (runId === plan.runId && isAskedIn(loop.state(), round, client));
      return { leaseMs: settings.leaseMs, work: isWanted ? 'go-on' : 'abandon' };
    },

    leave: (client) => registry.leave(client),
  };
}

function isAskedIn(state: RunState, round: number, client: ClientId): boolean {
  if (state.phase !== 'in-round' || state.round.round !== round) return false;
  const open = state.round;
  if (open.phase === 'fitting') return isAsked(updatesOf(open), client);
  return open.phase === 'evaluating' && isAsked(evaluationsOf(open), client);
}

function assertRegistration(plan: RunPlan, { protocolVersion, taskId, signature }: Registration): void {
  if (protocolVersion !== PROTOCOL_VERSION) {
    throw new FedOpsError(
      'unsupported',
      `expected protocol version ${PROTOCOL_VERSION}, got ${protocolVersion}`,
      {
        details: { protocolVersion: PROTOCOL_VERSION },
      },
    );
  }
  if (taskId !== plan.taskId) {
    throw new FedOpsError('not-found', `this server serves task ${plan.taskId}, not ${taskId}`);
  }
  if (signature !== undefined) assertSameSignature(signature, plan.signature);
}
