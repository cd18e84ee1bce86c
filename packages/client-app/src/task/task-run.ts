import type { ClientIdentity, Clock, Session, SessionState } from '@fedops/client-session';
import { FedOpsError } from '@fedops/shared-types';
import { isResting, type RestingState, type TaskState } from './task-state.js';

export interface TaskRunParts {
  readonly clock: Clock;
  readonly identity: () => Promise<ClientIdentity>;
  /** The base URL of the FL server. */
  readonly locate: (signal: AbortSignal) => Promise<string>;
  readonly openSession: (baseUrl: string, identity: ClientIdentity) => Session;
  /** Told of every state but the last, which `ended` gives. */
  readonly onState: (state: TaskState) => void;
}

/** One start of a task, from looking for the server to the end of the run. */
export interface TaskRun {
  /** Never rejects. */
  readonly ended: Promise<TaskEnd>;
  stop(reason: string): Promise<void>;
}

/** How a start of a task ended. */
export interface TaskEnd {
  readonly state: RestingState;
  /** How long there was a session; null where it never came to one. */
  readonly seconds: number | null;
}

const LOCATE_WITHIN_MS = 60_000;

/** Begins at once: finds who and where, opens a session and follows it to its end. */
export function beginRun(parts: TaskRunParts): TaskRun {
  const stopped = new AbortController();
  let session: Session | undefined;

  async function takePart(): Promise<TaskEnd> {
    let joinedAt: number | undefined;
    const end = (state: RestingState): TaskEnd => ({
      state,
      seconds: joinedAt === undefined ? null : (parts.clock.now() - joinedAt) / 1000,
    });
    try {
      const [identity, baseUrl] = await prepare(parts, stopped.signal);
      stopped.signal.throwIfAborted();
      joinedAt = parts.clock.now();
      session = parts.openSession(baseUrl, identity);
      session.onChange((state) => {
        if (!isResting(state)) parts.onState(state);
      });
      return end(restingState(await session.run()));
    } catch (cause) {
      const since = parts.clock.now();
      if (stopped.signal.aborted) return end({ phase: 'idle', since, reason: 'stopped' });
      const { code, message } = FedOpsError.from(cause);
      return end({ phase: 'failed', since, code, message });
    }
  }

  const ended = takePart();
  return {
    ended,
    async stop(reason) {
      stopped.abort(new FedOpsError('aborted', reason));
      await session?.stop(reason);
      await ended;
    },
  };
}

async function prepare(parts: TaskRunParts, stopped: AbortSignal): Promise<[ClientIdentity, string]> {
  const { clock, onState } = parts;
  const since = clock.now();
  onState({ phase: 'locating', since, reason: 'looking-for-server', deadline: since + LOCATE_WITHIN_MS });

  const done = new AbortController();
  const limit = new AbortController();
  const signal = AbortSignal.any([stopped, limit.signal]);
  clock.sleep(LOCATE_WITHIN_MS, done.signal).then(
    () => limit.abort(new FedOpsError('deadline-exceeded', 'the FL server was not found in time')),
    () => undefined,
  );
  try {
    return await Promise.race([Promise.all([parts.identity(), parts.locate(signal)]), rejectionOf(signal)]);
  } finally {
    done.abort();
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function restingState(state: SessionState): RestingState {
  if (isResting(state)) return state;
  throw new FedOpsError('internal', `a session ended in the state ${state.phase}`);
}
