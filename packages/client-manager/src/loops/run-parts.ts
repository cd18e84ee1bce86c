import { isUnheard } from '@fedops/client-api';
import { FedOpsError } from '@fedops/shared-types';
import { baselineOf } from '../client/client-report.js';
import { withMissingAddress } from '../client/missing-address.js';
import type { EventOf } from '../state/manager-event.js';
import type { ManagerState, Reporting, Starting } from '../state/manager-state.js';
import { isBusy } from '../state/resting.js';
import { backoffMs } from './backoff.js';
import { factsOf, type LoopParts, pause } from './loop-parts.js';
import { look } from './watch-client.js';

const POSTPONED_MS = 2_000;

/** Does what a part of a run asks for: starts the client, reports the end. Ends with the signal. */
export async function runParts(parts: LoopParts): Promise<void> {
  const { record, clock, signal } = parts;
  for (;;) {
    const due = await record.when(dueIn, signal);
    const wait = due.nextAttemptAt - clock.now();
    if (wait > 0) {
      await pause(parts, wait, (state) =>
        dueIn(state)?.nextAttemptAt === due.nextAttemptAt ? undefined : true,
      );
      continue;
    }
    const state = record.state();
    if (state.phase === 'starting') await start(parts);
    else if (state.phase === 'reporting') await report(parts, state);
  }
}

interface Due {
  readonly nextAttemptAt: number;
}

function dueIn(state: ManagerState): Due | undefined {
  if (state.phase !== 'starting' && state.phase !== 'reporting') return undefined;
  return state.nextAttemptAt === null ? undefined : { nextAttemptAt: state.nextAttemptAt };
}

/**
 * Starts the client: looks at it first, and makes durable that it is about to be asked, so that a manager that dies
 * here looks again before it asks again.
 */
async function start(parts: LoopParts): Promise<void> {
  const { record, client, clock, signal } = parts;
  await look(parts);
  const state = record.state();
  if (state.phase !== 'starting') return;
  const { client: sight } = state.facts;
  if (sight.kind !== 'answering' || isBusy(state.facts)) {
    const at = clock.now();
    record.dispatch({ kind: 'start-postponed', at, nextAttemptAt: at + POSTPONED_MS });
    return;
  }
  record.dispatch({ kind: 'start-began', at: clock.now(), baseline: baselineOf(sight.report) });
  try {
    await record.kept();
    const data = await managerData(parts, state, sight.report.mac);
    await client.start(data, signal).catch((cause: unknown) => {
      throw withMissingAddress(FedOpsError.from(cause), data, sight.report);
    });
    record.dispatch({ kind: 'start-answered', at: clock.now() });
  } catch (cause) {
    signal.throwIfAborted();
    startFailed(parts, state, FedOpsError.from(cause));
  }
}

async function managerData({ server, signal }: LoopParts, { run }: Starting, clientMac: string | null) {
  const mac = clientMac ?? 'unknown';
  if (server.current === undefined) throw new FedOpsError('unavailable', 'not registered', UNHEARD);
  try {
    return await server.current.managerData(run, mac, signal);
  } catch (cause) {
    const { code, message } = FedOpsError.from(cause);
    throw new FedOpsError(code, message, { cause, ...UNHEARD });
  }
}

/** The client was not asked, whatever went wrong. */
const UNHEARD = { details: { unheard: true } };

function startFailed({ record, clock, random }: LoopParts, state: Starting, error: FedOpsError): void {
  const at = clock.now();
  const nextAttemptAt = at + backoffMs(state.attempts + 1, random());
  record.dispatch({
    kind: 'start-failed',
    at,
    error: factsOf(error),
    outcome: outcomeOf(error),
    nextAttemptAt,
  });
}

function outcomeOf(error: FedOpsError): EventOf<'start-failed'>['outcome'] {
  const { status } = error.details;
  if (isUnheard(error) || error.code === 'storage' || status === 429 || status === 503) return 'unheard';
  // Somebody else was faster: what the client says next tells whether it was for this run.
  if (status === 409) return 'unheard';
  if (typeof status !== 'number' || status < 400) return 'unclear';
  return status >= 500 ? 'client-error' : 'refused';
}

async function report(parts: LoopParts, { run, end, stopsClient }: Reporting): Promise<void> {
  const { record, client, server, clock, random, logger, signal } = parts;
  if (stopsClient) {
    await client.stop(signal).catch((cause: unknown) => {
      logger.info({ err: cause }, 'a client that hangs could not be told to stop');
    });
  }
  try {
    if (server.current === undefined) throw new FedOpsError('unavailable', 'not registered');
    await server.current.report(run, end, signal);
    record.dispatch({ kind: 'reported', at: clock.now() });
  } catch (cause) {
    signal.throwIfAborted();
    const at = clock.now();
    const state = record.state();
    const failures = state.phase === 'reporting' ? state.attempts + 1 : 1;
    const nextAttemptAt = at + backoffMs(failures, random());
    record.dispatch({ kind: 'report-failed', at, error: factsOf(cause), nextAttemptAt });
  }
}
