import {
  type ClientId,
  FedOpsError,
  type FedOpsErrorCode,
  PROTOCOL_VERSION,
  type Registration,
  type ResultAnswer,
  type UpdateAnswer,
} from '@fedops/shared-types';
import type { ClientRegistry } from '../clients/client-registry.js';
import { isAsked } from '../run/client-results.js';
import { evaluationsOf } from '../run/evaluating.js';
import { assertUpdateIsWanted, updatesOf } from '../run/fitting.js';
import { countedDigest } from '../run/round-record.js';
import { nextVersionOf, type RunPlan } from '../run/run-plan.js';
import type { ClientFailure } from '../run/run-state.js';
import { staleRound } from '../run/stale-round.js';
import { type AnnouncedUpdate, receiveUpdate } from '../update/receive-update.js';
import type { Spool } from '../update/spool.js';
import type { ClientDesk, WorkKey } from './client-desk.js';
import type { Farewell } from './farewell.js';
import type { InstructionWaiters } from './instruction-waiters.js';
import type { RunLoop } from './run-loop.js';
import { createUploadSlots } from './upload-slots.js';

export interface DeskParts {
  readonly loop: RunLoop;
  readonly registry: ClientRegistry;
  readonly waiters: InstructionWaiters;
  readonly spool: Spool;
  readonly farewell: Farewell;
}

export interface DeskSettings {
  readonly leaseMs: number;
  readonly maxUpdateBytes: number;
  /** Further uploads at the same time get `overloaded`. */
  readonly maxConcurrentUploads: number;
}

/** The refusals that tell that a client's update can never count: the round need not wait for it. */
const DEFINITE_REFUSALS: readonly FedOpsErrorCode[] = [
  'shape-mismatch',
  'invalid-argument',
  'too-large',
  'unsupported',
];

export function createClientDesk(parts: DeskParts, plan: RunPlan, settings: DeskSettings): ClientDesk {
  const { loop, registry, waiters, spool, farewell } = parts;
  const slots = createUploadSlots(settings.maxConcurrentUploads);

  function assertRun({ runId }: WorkKey): void {
    if (runId !== plan.runId) throw staleRun(plan, runId);
  }

  /** `repeated` for an update that was counted already, in this round or in one that is over. */
  function counted({ round, clientId }: WorkKey, digest: string): boolean {
    const state = loop.state();
    const open = state.phase === 'in-round' && state.round.round === round ? state.round : undefined;
    const before =
      open !== undefined && open.phase !== 'waiting-for-clients'
        ? open.updates.get(clientId)?.digest
        : undefined;
    return (before ?? countedDigest(state.history, round, clientId)) === digest;
  }

  function assertWanted({ round, clientId }: WorkKey, digest: string): void {
    const state = loop.state();
    if (state.phase !== 'in-round' || state.round.phase !== 'fitting') throw staleRound(state, round);
    assertUpdateIsWanted(state, state.round, round, { clientId, digest });
  }

  async function takeUpdate(key: WorkKey, update: AnnouncedUpdate): Promise<UpdateAnswer> {
    const { received, upload } = await receiveUpdate(spool, plan.signature, update);
    try {
      assertWanted(key, received.digest);
      await upload.keep(received);
      if (counted(key, received.digest)) return { state: 'repeated', digest: received.digest };
      loop.dispatch({ kind: 'fit-received', round: key.round, update: received });
      return { state: 'counted', digest: received.digest };
    } finally {
      await upload.discard();
    }
  }

  function refuse(key: WorkKey, error: FedOpsError): void {
    if (!DEFINITE_REFUSALS.includes(error.code) || error.details['damaged'] === true) return;
    noteFailure(key, {
      clientId: key.clientId,
      work: 'fit',
      origin: 'refused',
      code: error.code,
      message: error.message,
    });
  }

  /** False where the round is past it. */
  function noteFailure({ round }: WorkKey, failure: ClientFailure): boolean {
    try {
      loop.dispatch({ kind: 'work-failed', round, failure });
      return true;
    } catch (error) {
      if (FedOpsError.is(error) && error.code === 'stale-round') return false;
      throw error;
    }
  }

  return {
    register(registration) {
      assertRegistration(plan, registration);
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
      registry.heartbeat(client, status, activity);
      const isAtWork = activity.runId !== undefined && activity.round !== undefined;
      const isWanted = !isAtWork || (activity.runId === plan.runId && isAskedNow(client, activity.round!));
      return { leaseMs: settings.leaseMs, work: isWanted ? 'go-on' : 'abandon' };
    },

    async receiveUpdate(key, update) {
      assertRun(key);
      if (counted(key, update.digest)) {
        await drain(update.body);
        return { state: 'repeated', digest: update.digest };
      }
      assertWanted(key, update.digest);
      if (update.contentLength > settings.maxUpdateBytes) {
        const error = new FedOpsError(
          'too-large',
          `update: ${update.contentLength} bytes, at most ${settings.maxUpdateBytes} are taken`,
        );
        refuse(key, error);
        throw error;
      }
      const release = slots.take();
      try {
        return await takeUpdate(key, update);
      } catch (error) {
        if (FedOpsError.is(error)) refuse(key, error);
        throw error;
      } finally {
        release();
      }
    },

    receiveEvaluation(key, evaluation) {
      assertRun(key);
      return once(() =>
        loop.dispatch({ kind: 'evaluation-received', round: key.round, clientId: key.clientId, evaluation }),
      );
    },

    receiveFailure(key, { work, code, message }) {
      assertRun(key);
      return once(() =>
        loop.dispatch({
          kind: 'work-failed',
          round: key.round,
          failure: { clientId: key.clientId, work, origin: 'reported', code, message },
        }),
      );
    },

    leave: (client) => registry.leave(client),
  };

  function once(dispatch: () => void): ResultAnswer {
    const before = loop.state();
    dispatch();
    return { state: loop.state() === before ? 'repeated' : 'counted' };
  }

  function isAskedNow(client: ClientId, round: number): boolean {
    const state = loop.state();
    if (state.phase !== 'in-round' || state.round.round !== round) return false;
    const open = state.round;
    if (open.phase === 'fitting') return isAsked(updatesOf(open), client);
    return open.phase === 'evaluating' && isAsked(evaluationsOf(open), client);
  }
}

function assertRegistration(plan: RunPlan, { protocolVersion, taskId }: Registration): void {
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
}

function staleRun(plan: RunPlan, runId: string): FedOpsError {
  return new FedOpsError('stale-round', `run ${runId} is not served here; the current run is ${plan.runId}`, {
    details: { runId: plan.runId },
  });
}

async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body) {
    // The connection can carry the next request only when this one's body has been read.
  }
}
