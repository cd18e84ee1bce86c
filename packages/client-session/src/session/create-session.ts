import { FedOpsError } from '@fedops/shared-types';
import { keepLeaseAlive } from './heartbeat-loop.js';
import { createLine, factsOf } from './line.js';
import { participate } from './participate.js';
import type { Session, SessionParts, SessionSettings } from './session.js';
import type { SessionState } from './session-state.js';
import { createStateRecord, type StateRecord } from './state-record.js';
import { childOf, withTimeLimit } from './time-limit.js';
import { createTrainerTurn, type TrainerTurn } from './trainer-turn.js';
import { createWorkbench } from './work.js';

const RECONNECT_FOR_MS = 120_000;

/** A client app that is told to stop has 5 s in all to end. */
const STOP_WITHIN_MS = 4_500;

/** One client's part in a run, not begun yet. After its end, `run` takes part in the next one. */
export function createSession(parts: SessionParts, settings: SessionSettings): Session {
  const { clock } = parts;
  const record = createStateRecord(clock.now());
  const turn = createTrainerTurn();
  let running: { readonly ended: Promise<SessionState>; readonly stop: AbortController } | undefined;

  const begin = () => {
    const stop = new AbortController();
    const ended = takePart({ ...parts, record, turn, stop: stop.signal }, settings).then(() => {
      running = undefined;
      return record.state();
    });
    return { ended, stop };
  };

  return {
    state: record.state,
    onChange: record.onChange,
    run() {
      running ??= begin();
      return running.ended;
    },
    async stop(reason) {
      if (running === undefined) return;
      const { ended, stop } = running;
      const at = clock.now();
      record.dispatch({ kind: 'stop-requested', at, reason, deadline: at + STOP_WITHIN_MS });
      stop.abort(new FedOpsError('aborted', reason));
      await ended;
    },
  };
}

interface RunParts extends SessionParts {
  readonly record: StateRecord;
  readonly turn: TrainerTurn;
  readonly stop: AbortSignal;
}

async function takePart(given: RunParts, settings: SessionSettings): Promise<void> {
  const { clock, record, stop } = given;
  const { reconnectForMs = RECONNECT_FOR_MS } = settings;
  const { controller: over, release } = childOf(stop);
  const parts = { ...given, random: given.random ?? Math.random, reconnectForMs, signal: over.signal };
  const line = createLine(parts, settings);
  const origin = { taskId: settings.taskId, clientId: settings.identity.clientId };
  try {
    const began = clock.now();
    record.dispatch({ kind: 'started', at: began, deadline: began + reconnectForMs });
    await line.renew(undefined, began + reconnectForMs);
    const workbench = createWorkbench({ ...parts, line, origin });
    const lease = keepLeaseAlive({ ...parts, line, workbench, status: settings.status });
    await Promise.race([participate({ ...parts, line, workbench }), lease]);
  } catch (cause) {
    if (!stop.aborted) {
      record.dispatch({ kind: 'failed', at: clock.now(), error: factsOf(FedOpsError.from(cause)) });
    }
  } finally {
    over.abort(new FedOpsError('aborted', 'the session has ended'));
    release();
  }
  await withTimeLimit({ clock, ms: STOP_WITHIN_MS, signal: new AbortController().signal }, () =>
    Promise.all([line.current()?.leave(), stop.aborted ? given.turn.free() : undefined]),
  ).catch(() => undefined);
  record.dispatch({ kind: 'stopped', at: clock.now() });
}
