import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { FedOpsError } from '@fedops/shared-types';
import type { EncodedBody } from './body-chunks.js';
import { errorOfNetwork, isReset } from './network-error.js';

/** One request, ready to be sent. */
export interface Request {
  /** For messages; names no secret. */
  readonly what: string;
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: EncodedBody;
  readonly signal: AbortSignal;
  /** The call fails when it is not over after so long; absent for bodies of any size. */
  readonly totalMs?: number;
  /** The call fails when nothing moved for so long. */
  readonly stallMs: number;
}

/** Time for a refusal on the head alone to come back before the body that would run into it. */
const HEAD_START_MS = 250;

/** A body that fits into the socket's buffer with its head runs into nothing. */
const SMALL_BYTES = 16 * 1024;

/** What requests are sent with. */
export interface ExchangeParts {
  readonly agent: Agent;
  readonly ca?: string | Buffer | undefined;
}

/**
 * Sends a request and reads its answer with `read`.
 *
 * An answer that comes while the body is still on its way ends the sending: the server has decided. A connection
 * that is reset without an answer is tried once more at once, since every call may be repeated: either the server
 * closed an idle connection at the moment it was used again, or the reset outran a refusal; the second attempt waits
 * for one before it sends its body.
 *
 * @throws {FedOpsError} `unavailable` where the connection breaks, `deadline-exceeded` where a limit passes, what
 *   `read` throws; the signal's reason when that aborts.
 */
export async function exchange<T>(
  parts: ExchangeParts,
  request: Request,
  read: (response: IncomingMessage) => Promise<T>,
): Promise<T> {
  const first = await attempt(parts, request, { read, headStartMs: 0 });
  const end =
    first.kind === 'broken' ? await attempt(parts, request, { read, headStartMs: HEAD_START_MS }) : first;
  if (end.kind === 'answered') return end.value;
  throw errorOfNetwork(end.error, request.what);
}

type AttemptEnd<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'broken'; readonly error: unknown };

interface Attempt<T> {
  read(response: IncomingMessage): Promise<T>;
  /** How long the body waits for a refusal that the head alone brings about. */
  readonly headStartMs: number;
}

async function attempt<T>(
  { agent, ca }: ExchangeParts,
  { what, url, method, headers, body, signal, totalMs, stallMs }: Request,
  { read, headStartMs }: Attempt<T>,
): Promise<AttemptEnd<T>> {
  signal.throwIfAborted();
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  const outgoing = open(url, {
    agent,
    method,
    headers,
    timeout: stallMs,
    ...(ca === undefined ? {} : { ca }),
  });
  let late: FedOpsError | undefined;
  const giveUp = (ms: number) => {
    late ??= new FedOpsError('deadline-exceeded', `${what}: no answer within ${ms} ms`);
    outgoing.destroy(late);
  };
  const abort = () => outgoing.destroy(asError(signal.reason));
  const timer = totalMs === undefined ? undefined : setTimeout(giveUp, totalMs, totalMs);
  outgoing.on('timeout', () => giveUp(stallMs));
  signal.addEventListener('abort', abort, { once: true });
  const answer = answerOf(outgoing);
  try {
    const sending = send(outgoing, body, { headStartMs, isAnswered: answer.isSettled }).catch(
      (error) => void outgoing.destroy(error),
    );
    const response = await answer.response;
    const value = await read(response);
    await sending;
    return { kind: 'answered', value };
  } catch (error) {
    signal.throwIfAborted();
    if (late !== undefined) throw late;
    const isTaken = outgoing.reusedSocket || body !== undefined;
    if (isTaken && !answer.hasResponse() && isReset(error)) {
      return { kind: 'broken', error };
    }
    throw errorOfNetwork(error, what);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    if (!outgoing.writableFinished) outgoing.destroy();
  }
}

interface Answer {
  readonly response: Promise<IncomingMessage>;
  isSettled(): boolean;
  hasResponse(): boolean;
}

/** The answer's head. An error of the request counts only before it: afterwards the response tells what is wrong. */
function answerOf(outgoing: ClientRequest): Answer {
  let state: 'open' | 'response' | 'error' = 'open';
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', (incoming) => {
      state = 'response';
      resolve(incoming);
    });
    outgoing.on('error', (error) => {
      if (state === 'open') state = 'error';
      reject(error);
    });
  });
  return { response, isSettled: () => state !== 'open', hasResponse: () => state === 'response' };
}

/**
 * Writes the body, one piece in flight at a time, until it is sent or there is an answer. Before each piece the event
 * loop gets to read: a refusal that has arrived is seen before a write into the closing connection can destroy it.
 */
async function send(
  outgoing: ClientRequest,
  body: EncodedBody | undefined,
  { headStartMs, isAnswered }: { headStartMs: number; isAnswered: () => boolean },
): Promise<void> {
  if (headStartMs > 0 && body !== undefined && body.byteLength > SMALL_BYTES) {
    outgoing.flushHeaders();
    await delay(headStartMs);
  }
  for (const chunk of body?.chunks() ?? []) {
    await turn();
    if (isAnswered() || outgoing.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        outgoing.off('response', done);
        outgoing.off('close', done);
        resolve();
      };
      outgoing.once('response', done);
      outgoing.once('close', done);
      outgoing.write(chunk, done);
    });
  }
  if (!isAnswered() && !outgoing.destroyed) outgoing.end();
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : FedOpsError.from(reason);
}
