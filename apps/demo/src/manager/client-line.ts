import {
  type ClientStatus,
  ClientStatusSchema,
  ErrorBodySchema,
  FedOpsError,
  type ManagerData,
  parseWith,
} from '@fedops/shared-types';
import { z } from 'zod';
import { type SessionSeen, SessionSeenSchema } from './device-view.js';

/** What a client's `/online` and `/start` answer. */
export interface OnlineAnswer {
  readonly status: ClientStatus;
  readonly session: SessionSeen;
}

/** A manager's line to the client apps it looks after. */
export interface ClientLine {
  /** @throws {FedOpsError} `unavailable` where nobody answers in time; `bad-response`. */
  online(url: string, signal: AbortSignal): Promise<OnlineAnswer>;
  /** @throws {FedOpsError} as `online`, or what the client answers: `conflict` where it takes part already. */
  start(url: string, data: ManagerData, signal: AbortSignal): Promise<OnlineAnswer>;
}

const ANSWER_WITHIN_MS = 3_000;
const SessionAnswerSchema = z.object({ session: SessionSeenSchema });

/** Over HTTP. */
export const httpClientLine: ClientLine = {
  online: (url, signal) => ask(`${url}/online`, { method: 'GET' }, signal),
  start: (url, data, signal) =>
    ask(
      `${url}/start`,
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(data) },
      signal,
    ),
};

async function ask(url: string, init: RequestInit, stopped: AbortSignal): Promise<OnlineAnswer> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const { ok, status, body } = await exchange(url, { ...init, signal });
  if (!ok) {
    const { data: error } = ErrorBodySchema.safeParse(body);
    throw error === undefined
      ? new FedOpsError('bad-response', `the client answered ${status}`)
      : new FedOpsError(error.code, error.message);
  }
  const what = 'answer of a client';
  const { session } = parseWith(SessionAnswerSchema, body, what, 'bad-response');
  return { status: parseWith(ClientStatusSchema, body, what, 'bad-response'), session };
}

async function exchange(url: string, init: RequestInit) {
  try {
    const response = await fetch(url, init);
    const body: unknown = await response.json();
    return { ok: response.ok, status: response.status, body };
  } catch (cause) {
    throw new FedOpsError('unavailable', 'the client does not answer', { cause });
  }
}
