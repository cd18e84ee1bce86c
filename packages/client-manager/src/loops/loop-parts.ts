import type { Clock } from '@fedops/client-api';
import type { Logger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import type { ClientLine } from '../client/client-line.js';
import { linkedAbort } from '../linked-abort.js';
import type { OpenLine } from '../server/open-line.js';
import type { ServerLine } from '../server/server-line.js';
import type { ManagerState } from '../state/manager-state.js';
import type { ErrorFacts } from '../state/run.js';
import type { StateRecord } from './state-record.js';

/** What the loops of a manager work with. */
export interface LoopParts {
  readonly record: StateRecord;
  readonly client: ClientLine;
  readonly openLine: OpenLine;
  readonly server: LineHolder;
  readonly clock: Clock;
  /** From [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** Ends the loops. */
  readonly signal: AbortSignal;
}

/** The line to the server manager that is in use; undefined before the first registration. */
export interface LineHolder {
  current: ServerLine | undefined;
}

/** Sleeps, but no longer than until the state is such as `look` finds something. */
export async function pause(
  { record, clock, signal }: Pick<LoopParts, 'record' | 'clock' | 'signal'>,
  ms: number,
  look: (state: ManagerState) => true | undefined,
): Promise<void> {
  const either = linkedAbort(signal);
  const waits = [clock.sleep(ms, either.signal), record.when(look, either.signal)];
  await Promise.race(waits).catch(() => undefined);
  either.end();
  await Promise.allSettled(waits);
  signal.throwIfAborted();
}

/** What a state tells of an error. */
export function factsOf(error: unknown): ErrorFacts {
  const { code, message } = FedOpsError.from(error);
  return { code, message: message.slice(0, 2_000) };
}
