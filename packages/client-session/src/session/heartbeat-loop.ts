import { FedOpsError } from '@fedops/shared-types';
import { activityOf } from './activity.js';
import { backoffMs } from './backoff.js';
import type { PersistParts } from './persist.js';
import type { SessionSettings } from './session.js';
import type { StateRecord } from './state-record.js';
import { withTimeLimit } from './time-limit.js';
import type { Workbench } from './work.js';

/** However short the lease, no more heartbeats than this. */
const SHORTEST_PAUSE_MS = 250;

/** What heartbeats are made of. */
export interface HeartbeatParts extends PersistParts {
  readonly record: StateRecord;
  readonly workbench: Workbench;
  readonly status: SessionSettings['status'];
  readonly signal: AbortSignal;
}

/**
 * Keeps the lease alive until the signal aborts, whatever the session is doing; passes on the server's `abandon`.
 *
 * A heartbeat that fails is sent again and disturbs nothing: whether the server is lost is for polls and deliveries
 * to say, since training must go on without it.
 */
export async function keepLeaseAlive(parts: HeartbeatParts): Promise<void> {
  const { clock, random, signal } = parts;
  let leaseMs = parts.line.current()!.registration.leaseMs;
  let failures = 0;
  while (!signal.aborted) {
    const third = leaseMs / 3;
    const pause = failures === 0 ? third : Math.min(third, backoffMs(failures, random()));
    try {
      await clock.sleep(Math.max(SHORTEST_PAUSE_MS, pause), signal);
      if (parts.record.state().phase === 'connecting') continue;
      leaseMs = await beat(parts, leaseMs);
      failures = 0;
    } catch {
      failures += 1;
    }
  }
}

/** @returns The lease from now on, in milliseconds. */
async function beat(parts: HeartbeatParts, leaseMs: number): Promise<number> {
  const { clock, line, record, signal, workbench } = parts;
  const work = workbench.underWay();
  const state = record.state();
  const connection = line.current()!;
  const message = { status: parts.status(state), activity: activityOf(state) };
  try {
    const answer = await withTimeLimit({ clock, ms: leaseMs, signal }, (within) =>
      connection.heartbeat(message, { signal: within }),
    );
    if (answer.work === 'abandon') work?.abandon();
    return answer.leaseMs;
  } catch (error) {
    if (FedOpsError.from(error).code === 'unauthenticated') {
      await line.renew(connection, clock.now() + parts.reconnectForMs);
    }
    throw error;
  }
}
