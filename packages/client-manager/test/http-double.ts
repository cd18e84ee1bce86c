import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';

export interface Call {
  /** `PUT /FLSe/RegisterFLTask`, without the query. */
  readonly route: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is for the test to say
  readonly body: any;
}

export type Answer = (call: Call, response: ServerResponse) => void;

/** A service on a loopback port that can go away and come back, or hang. */
export interface HttpDouble {
  readonly url: string;
  readonly calls: Call[];
  /** How often a route was called. */
  count(route: string): number;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Takes every request from now on, and answers none. */
  hang(): void;
  /** Answers again; the requests that it took meanwhile never get an answer. */
  goOn(): void;
}

const open: HttpDouble[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((double) => double.goAway()));
});

export async function httpDouble(answer: Answer): Promise<HttpDouble> {
  const calls: Call[] = [];
  let port = 0;
  let hangs = false;
  let server: Server | undefined;

  async function listen(): Promise<void> {
    const made = createServer(async (request, response) => {
      const call = await callOf(request);
      calls.push(call);
      if (!hangs) answer(call, response);
    });
    server = made;
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve));
    port = (made.address() as AddressInfo).port;
  }
  await listen();

  const double: HttpDouble = {
    url: `http://127.0.0.1:${port}`,
    calls,
    count: (route) => calls.filter((call) => call.route === route).length,
    goAway: () =>
      new Promise((resolve) => {
        const gone = server;
        server = undefined;
        if (gone === undefined) return resolve();
        gone.close(() => resolve());
        gone.closeAllConnections();
      }),
    comeBack: listen,
    hang() {
      hangs = true;
    },
    goOn() {
      hangs = false;
    },
  };
  open.push(double);
  return double;
}

async function callOf(request: IncomingMessage): Promise<Call> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const text = (await request.setEncoding('utf8').toArray()).join('');
  return {
    route: `${request.method} ${decodeURIComponent(pathname)}`,
    query: searchParams,
    token: /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1],
    body: text === '' ? undefined : JSON.parse(text),
  };
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
