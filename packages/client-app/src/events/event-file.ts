import { appendFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Clock } from '@fedops/client-session';
import type { Logger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import { type Environment, variable } from '../task/environment.js';
import { makeDirectory } from './make-directory.js';
import type { RuntimeEvent } from './runtime-event.js';

/** Takes what happens to a client, step by step; never throws. */
export type TellEvent = (event: RuntimeEvent) => void;

export interface EventFileParts {
  readonly env: Environment;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/**
 * Appends each event as a line of JSON to the file that `FEDOPS_EVENT_FILE` names, as Python's client does; nothing
 * where it names none. Synchronous, so that the last word of a process that ends is in the file.
 */
export function eventFile(taskId: string, { env, clock, logger }: EventFileParts): TellEvent {
  const named = variable(env, 'FEDOPS_EVENT_FILE');
  if (named === undefined) return () => {};
  const path = named.startsWith('~/') ? join(homedir(), named.slice(2)) : named;
  const sender = {
    taskId: variable(env, 'FEDOPS_TASK_ID') ?? taskId,
    releaseId: variable(env, 'FEDOPS_RELEASE_ID'),
    clientInstanceId: variable(env, 'FEDOPS_CLIENT_INSTANCE_ID'),
  };
  return ({ details, ...event }) => {
    const timestamp = new Date(clock.now()).toISOString();
    const line = JSON.stringify({ schemaVersion: 1, timestamp, ...sender, ...event, ...details });
    try {
      makeDirectory(dirname(path));
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
    } catch (cause) {
      const err = new FedOpsError('storage', `event file ${path}: ${FedOpsError.from(cause).message}`, {
        cause,
      });
      logger.warn({ err, path }, 'an event could not be written');
    }
  };
}
