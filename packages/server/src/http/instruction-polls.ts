import type { IncomingMessage, ServerResponse } from 'node:http';
import { bearerToken, type ErrorAnswerer, type RequestGuard } from '@fedops/http-service';
import { FedOpsError, parseWith } from '@fedops/shared-types';
import { z } from 'zod';
import type { ClientDesk } from '../engine/client-desk.js';
import type { Credentials } from './credentials.js';

export interface PollParts {
  readonly desk: ClientDesk;
  readonly credentials: Credentials;
  readonly guard: RequestGuard;
  readonly answerError: ErrorAnswerer;
}

/** A poll is held no longer, so that proxies which cut idle connections do not get to it. */
const LONGEST_WAIT_MS = 25_000;

const PollQuerySchema = z.object({
  waitMs: z.coerce.number().int().min(0).max(LONGEST_WAIT_MS).default(LONGEST_WAIT_MS),
});

const POLL = /^\/v1\/clients\/([^/?]+)\/instruction(?:\?(.*))?$/s;

/**
 * `GET /v1/clients/{id}/instruction`, outside of Express: thousands of polls wait at a time, and what Express keeps
 * for a request is more than all the rest of it. See docs/decisions/0008-polls-outside-express.md.
 *
 * @returns whether the request is a poll, and so taken care of.
 */
export function instructionPolls({ desk, credentials, guard, answerError }: PollParts) {
  function poll(response: ServerResponse, request: IncomingMessage, id: string, query: string): void {
    const client = credentials.clientOf(bearerToken(request), decoded(id));
    const { waitMs } = parseWith(
      PollQuerySchema,
      Object.fromEntries(new URLSearchParams(query)),
      'query of the instruction',
    );
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    desk.nextInstruction(client, waitMs, gone.signal).then(
      (instruction) => answer(response, instruction),
      (error: unknown) => answerError(error, request, response, nobodyElse),
    );
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const match = request.method === 'GET' ? POLL.exec(request.url ?? '') : null;
    if (match === null) return false;
    guard(request, response, (refused) => {
      try {
        if (refused !== undefined) throw refused;
        poll(response, request, match[1]!, match[2] ?? '');
      } catch (error) {
        answerError(error, request, response, nobodyElse);
      }
    });
    return true;
  };
}

function answer(response: ServerResponse, instruction: unknown): void {
  if (response.destroyed) return;
  response.setHeader('Cache-Control', 'no-store');
  if (instruction === undefined) {
    response.writeHead(204).end();
    return;
  }
  const body = Buffer.from(JSON.stringify(instruction));
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
  });
  response.end(body);
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch (cause) {
    throw new FedOpsError('invalid-argument', 'the path is not well encoded', { cause });
  }
}

function nobodyElse(): void {}
