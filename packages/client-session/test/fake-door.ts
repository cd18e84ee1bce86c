import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** An FL server's HTTP door as docs/protocol.md describes it, with answers that a test writes. */
export interface FakeDoor {
  readonly baseUrl: string;
  /** Requests whose body came whole. */
  readonly seen: Seen[];
  readonly connections: () => number;
  /** Answers by `METHOD /path` without the query. */
  readonly answers: Map<string, Answer>;
  close(): Promise<void>;
}

export async function openFakeDoor(): Promise<FakeDoor> {
  const answers = new Map<string, Answer>();
  const seen: Seen[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const answer = answers.get(`${request.method} ${request.url?.split('?')[0]}`);
    if (answer === undefined)
      return json(404, { code: 'not-found', message: 'no such path' })(request, response);
    await answer(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const door: FakeDoor = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    connections: () => connections,
    answers,
    close: () => closed(server),
  };
  return door;
}

/** Reads the whole body, notes it, and answers JSON. */
export function reading(door: FakeDoor, status: number, body: unknown): Answer {
  return async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    door.seen.push({ method, url, headers, body: Buffer.concat(chunks) });
    await json(status, body)(request, response);
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(status === 204 ? undefined : JSON.stringify(body));
  };
}

/** Answers without reading the body, and closes: what a server does with an upload that it does not want. */
export function refusing(status: number, body: unknown): Answer {
  return (request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(body), () => request.socket.destroySoon());
  };
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
