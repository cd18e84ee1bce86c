import { FedOpsError, type FedOpsErrorCode, type Sha256, type UpdateAnswer } from '@fedops/shared-types';
import type { Clock } from '../clock.js';
import { assertUpdateIsWanted } from '../run/fitting.js';
import { isCounted } from '../run/round-record.js';
import type { RunPlan } from '../run/run-plan.js';
import { staleRound } from '../run/stale-round.js';
import { patientSpool } from '../update/patient-spool.js';
import { type AnnouncedUpdate, receiveUpdate } from '../update/receive-update.js';
import type { Spool } from '../update/spool.js';
import type { ClientDesk, WorkKey } from './client-desk.js';
import type { RunLoop } from './run-loop.js';
import { createUploadSlots } from './upload-slots.js';

export interface IntakeParts {
  readonly clock: Clock;
  readonly loop: RunLoop;
  readonly spool: Spool;
}

/** How large an update may be, in bytes, and how many come in at a time. */
export interface IntakeSettings {
  readonly maxUpdateBytes: number;
  /** Further uploads at the same time get `overloaded`. */
  readonly maxConcurrentUploads: number;
  /** Whether a restart goes on with the run: it stands still then where updates cannot be stored. */
  readonly isResumable: boolean;
}

/** The part of the desk that takes results. */
export type ResultIntake = Pick<ClientDesk, 'receiveUpdate' | 'receiveEvaluation' | 'receiveFailure'>;

/** The refusals that tell that a client's update can never count: the round need not wait for it. */
const DEFINITE_REFUSALS: readonly FedOpsErrorCode[] = [
  'shape-mismatch',
  'invalid-argument',
  'too-large',
  'unsupported',
];

/** Takes what clients made: checks it in the order of cost, and answers when it can no longer be lost. */
export function createResultIntake(
  { clock, loop, spool }: IntakeParts,
  plan: RunPlan,
  settings: IntakeSettings,
): ResultIntake {
  const incoming = patientSpool(clock, spool);
  const slots = createUploadSlots(clock, settings.maxConcurrentUploads);

  function assertRun({ runId }: WorkKey): void {
    if (runId === plan.runId) return;
    throw new FedOpsError(
      'stale-round',
      `run ${runId} is not served here; the current run is ${plan.runId}`,
      {
        details: { runId: plan.runId },
      },
    );
  }

  function assertWanted({ round, clientId }: WorkKey, digest: Sha256 | undefined): void {
    const state = loop.state();
    if (state.phase !== 'in-round' || state.round.phase !== 'fitting') throw staleRound(state, round);
    assertUpdateIsWanted(state, state.round, round, { clientId, digest });
  }

  async function takeUpdate(key: WorkKey, update: AnnouncedUpdate): Promise<UpdateAnswer> {
    const { received, upload } = await receiveUpdate(incoming, plan.signature, update);
    const { digest } = received;
    try {
      assertWanted(key, digest);
      const slot = await upload.keep();
      const isNew = await loop.dispatch({
        kind: 'fit-received',
        round: key.round,
        update: { ...received, slot },
      });
      return { state: isNew ? 'counted' : 'repeated', digest };
    } catch (error) {
      // The same update on another connection may have been quicker, and even have closed the round.
      if (isCounted(loop.state(), key.round, received)) return { state: 'repeated', digest };
      throw error;
    } finally {
      await upload.discard();
    }
  }

  /** Tells the round that it need not wait for a client whose update can never count. */
  async function refuse(
    { round, clientId }: WorkKey,
    { code, message, details }: FedOpsError,
  ): Promise<void> {
    if (!DEFINITE_REFUSALS.includes(code) || details.damaged === true) return;
    const failure = { clientId, work: 'fit', origin: 'refused', code, message } as const;
    try {
      await loop.dispatch({ kind: 'work-failed', round, failure });
    } catch (error) {
      if (!FedOpsError.is(error) || error.code !== 'stale-round') throw error;
    }
  }

  return {
    async receiveUpdate(key, update) {
      assertRun(key);
      const { digest } = update;
      if (digest !== undefined && isCounted(loop.state(), key.round, { clientId: key.clientId, digest })) {
        return { state: 'repeated', digest };
      }
      assertWanted(key, digest);
      const release = slots.take(key.clientId);
      try {
        assertSize(update, settings.maxUpdateBytes);
        return await takeUpdate(key, update);
      } catch (error) {
        if (FedOpsError.is(error)) {
          // Clients would be waited for, and the round be lost at its deadline, with the updates that it has.
          if (error.code === 'storage' && settings.isResumable) loop.suspend(error);
          await refuse(key, error);
        }
        throw error;
      } finally {
        release();
      }
    },

    async receiveEvaluation(key, evaluation) {
      assertRun(key);
      const { round, clientId } = key;
      const isNew = await loop.dispatch({ kind: 'evaluation-received', round, clientId, evaluation });
      return { state: isNew ? 'counted' : 'repeated' };
    },

    async receiveFailure(key, { work, code, message }) {
      assertRun(key);
      const failure = { clientId: key.clientId, work, origin: 'reported', code, message } as const;
      const isNew = await loop.dispatch({ kind: 'work-failed', round: key.round, failure });
      return { state: isNew ? 'counted' : 'repeated' };
    },
  };
}

function assertSize({ contentLength }: AnnouncedUpdate, maxUpdateBytes: number): void {
  if (contentLength <= maxUpdateBytes) return;
  throw new FedOpsError('too-large', `update: ${contentLength} bytes, at most ${maxUpdateBytes} are taken`);
}
