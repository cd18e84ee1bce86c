import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRestSmall, readRest } from './rest-of-body.js';

/** An answer in one piece. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes JSON. */
  readonly json: unknown;
}

/**
 * Answers a request, also one whose body was not read: with `Connection: close` where the body may be long. The
 * connection then ends a moment later, when the sender has had time to read the answer.
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, json }: WholeAnswer,
): void {
  const body = Buffer.from(JSON.stringify(json));
  const goesOn = isRestSmall(request);
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    ...(!goesOn && { Connection: 'close' }),
  });
  if (goesOn) {
    response.end(body);
    request.resume();
    return;
  }
  // The answer is out, though not ended: its end takes the connection along.
  response.write(body);
  readRest(request, () => response.end());
}
