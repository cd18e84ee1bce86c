import { ErrorBodySchema, errorOfAnswer, FedOpsError, parseWith } from '@fedops/shared-types';
import type { z } from 'zod';
import type { Sent } from './request.js';
import type { Outcome } from './retry/retrying.js';
import type { Route } from './route.js';

/** Longest text of somebody else's that goes into a message of ours. */
const MOST_TEXT = 300;

type Reply = Extract<Sent, { kind: 'reply' }>;

/**
 * What came of an attempt, in the terms of the route: a validated answer or a typed failure.
 *
 * @param what The request, for messages: `GET http://127.0.0.1:8004/info`.
 */
export function outcomeOf<S extends z.ZodType>(
  sent: Sent,
  route: Route<S>,
  what: string,
): Outcome<z.output<S>> {
  switch (sent.kind) {
    case 'reply':
      return sent.status >= 200 && sent.status < 300
        ? answered(sent, route, what)
        : rejected(sent, route, what);
    case 'refused':
      return {
        kind: 'refused',
        error: new FedOpsError('unavailable', `${what}: no connection: ${shortened(sent.cause.message)}`, {
          cause: sent.cause,
        }),
      };
    case 'broken':
      return {
        kind: 'unanswered',
        error: new FedOpsError(
          'unavailable',
          `${what}: the connection broke: ${shortened(sent.cause.message)}`,
          {
            cause: sent.cause,
          },
        ),
      };
    case 'timed-out':
      return {
        kind: 'unanswered',
        error: new FedOpsError('deadline-exceeded', `${what}: no answer in time`),
      };
    case 'malformed':
      return final(new FedOpsError('bad-response', `${what}: ${sent.problem}`));
    case 'aborted':
      return final(new FedOpsError('aborted', `${what}: the call was aborted`, { cause: sent.cause }));
  }
}

function answered<S extends z.ZodType>(reply: Reply, route: Route<S>, what: string): Outcome<z.output<S>> {
  const { status } = reply;
  const body = parseJson(reply.text);
  if (body === undefined) {
    const looksLike = reply.text.trimStart().startsWith('<') ? 'HTML or XML' : 'something else';
    return final(
      new FedOpsError('bad-response', `${what}: expected JSON, got ${looksLike}`, { details: { status } }),
    );
  }
  const problem = stringField(body, 'error');
  if (problem !== undefined) {
    return final(new FedOpsError(route.errorAnswer, `${what}: ${problem}`, { details: { status } }));
  }
  try {
    return { kind: 'answer', answer: parseWith(route.answer, body, `answer of ${what}`, 'bad-response') };
  } catch (error) {
    return final(FedOpsError.from(error));
  }
}

function rejected(reply: Reply, route: Route<z.ZodType>, what: string): Outcome<never> {
  const { status, retryAfter } = reply;
  const body = parseJson(reply.text);
  const isMissing = (status === 404 || status === 405) && !ErrorBodySchema.safeParse(body).success;
  if (isMissing && route.presence === 'optional') {
    return final(
      new FedOpsError('unsupported', `${what}: the service has no such route`, { details: { status } }),
    );
  }
  const detail = stringField(body, 'detail') ?? stringField(body, 'error');
  const error = errorOfAnswer(status, body, detail === undefined ? what : `${what}: ${detail}`);
  return { kind: 'status', status, error, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

function final(error: FedOpsError): Outcome<never> {
  return { kind: 'final', error };
}

/** Undefined, which JSON cannot spell, for a text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stringField(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(body, name)?.value;
  return typeof value === 'string' ? shortened(value) : undefined;
}

function shortened(text: string): string {
  return text.slice(0, MOST_TEXT);
}
