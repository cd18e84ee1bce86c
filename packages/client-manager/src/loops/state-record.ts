import type { Logger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import { type Kept, keptOf } from '../keep/kept.js';
import type { StateKeeper } from '../keep/state-keeper.js';
import { advance } from '../state/advance.js';
import type { Limits } from '../state/limits.js';
import type { ManagerEvent } from '../state/manager-event.js';
import type { ManagerState } from '../state/manager-state.js';

/** The one place where the state changes. */
export interface StateRecord {
  state(): ManagerState;
  dispatch(event: ManagerEvent): ManagerState;
  /** Resolves with the first value that `look` finds in the state, now or after a change. */
  when<T>(look: (state: ManagerState) => T | undefined, signal: AbortSignal): Promise<T>;
  /** Resolves once what must outlive the process is durable. @throws {FedOpsError} `storage` */
  kept(): Promise<void>;
}

export interface StateRecordParts {
  readonly keeper: StateKeeper;
  readonly logger: Logger;
}

/** @param kept What is durable already. */
export function createStateRecord(
  first: ManagerState,
  kept: Kept,
  { keeper, logger, limits }: StateRecordParts & { readonly limits: Limits },
): StateRecord {
  const listeners = new Set<() => void>();
  let state = first;
  let durable = JSON.stringify(kept);
  let saving: Promise<void> = Promise.resolve();

  async function save(): Promise<void> {
    const wanted = keptOf(state);
    const text = JSON.stringify(wanted);
    if (text === durable) return;
    await keeper.save(wanted);
    durable = text;
  }

  /** One after the other, so that an older state never lies on top of a newer one. */
  function keepUp(): Promise<void> {
    const saved = saving.then(save);
    saving = saved.catch(() => undefined);
    return saved;
  }

  return {
    state: () => state,
    dispatch(event) {
      const before = state;
      state = advance(before, event, limits);
      if (state === before) return state;
      if (state.phase !== before.phase) {
        logger.info({ phase: state.phase, reason: state.reason, event: event.kind }, 'the state has changed');
      }
      keepUp().catch((cause: unknown) => logger.error({ err: cause }, 'the state could not be kept'));
      for (const listener of [...listeners]) listener();
      return state;
    },
    when: (look, signal) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = look(state);
          if (found === undefined) return false;
          end();
          resolve(found);
          return true;
        };
        const abort = () => {
          end();
          reject(FedOpsError.from(signal.reason));
        };
        const end = () => {
          listeners.delete(check);
          signal.removeEventListener('abort', abort);
        };
        if (signal.aborted) return abort();
        if (check()) return;
        listeners.add(check);
        signal.addEventListener('abort', abort, { once: true });
      }),
    kept: keepUp,
  };
}
