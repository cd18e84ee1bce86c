import type { IncomingMessage } from 'node:http';
import { FedOpsError } from '@fedops/shared-types';
import type { RequestHandler } from 'express';

/** How long a JSON body may be. */
export interface JsonBodySettings {
  /** A longer body is refused. */
  readonly limitBytes: number;
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/i;

/**
 * A handler that reads the body as JSON into `request.body`; an empty body gives undefined.
 *
 * JSON comes with a JSON `Content-Type` or with none at all, as Python's callers send it. Forms and plain text are
 * refused. A page can send a body without a type too, so the type is no protection: `guardRequests` is, since every
 * browser puts an `Origin` on what a page posts.
 *
 * Passes on `invalid-argument` for another type, an encoding, or text that is no JSON in UTF-8; `too-large`;
 * `aborted` where the sender broke off.
 */
export function jsonBody({ limitBytes }: JsonBodySettings): RequestHandler {
  return async (request, _response, next) => {
    if (request.readableEnded) return next(takeOver(request));
    const bytes = await readBody(request, limitBytes);
    request.body = bytes.length === 0 ? undefined : parseJson(bytes, request);
    next();
  };
}

/** Somebody mounted a parser before us; common ones make an object of an empty body. */
function takeOver(request: { headers: IncomingMessage['headers']; body: unknown }): void {
  if (request.headers['content-length'] === '0') request.body = undefined;
}

function parseJson(bytes: Buffer, request: IncomingMessage): unknown {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim();
  if (type !== undefined && type !== '' && !JSON_TYPE.test(type)) {
    throw new FedOpsError(
      'invalid-argument',
      `expected a body of application/json, got ${type.slice(0, 100)}`,
    );
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new FedOpsError('invalid-argument', 'expected a body without Content-Encoding');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FedOpsError('invalid-argument', 'the body is not JSON in UTF-8', { cause });
  }
}

function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;

    const settle = (finish: () => void) => {
      request.off('data', take).off('end', end).off('error', fail).off('close', fail);
      finish();
    };
    const refuse = () => {
      settle(() => reject(new FedOpsError('too-large', `expected a body of at most ${limitBytes} bytes`)));
      request.pause();
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limitBytes) refuse();
      else chunks.push(chunk);
    };
    const end = () => settle(() => resolve(Buffer.concat(chunks)));
    const fail = () =>
      settle(() => reject(new FedOpsError('aborted', 'the sender broke off within the body')));

    if (Number(request.headers['content-length'] ?? 0) > limitBytes) refuse();
    else request.on('data', take).on('end', end).on('error', fail).on('close', fail);
  });
}
