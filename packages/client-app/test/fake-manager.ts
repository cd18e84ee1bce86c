import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { afterEach } from '@jest/globals';

export interface FakeManager {
  readonly url: string;
  /** `GET /trainFin`, … in the order of arrival. */
  readonly calls: string[];
  readonly bodies: Map<string, unknown>;
  /** What a path answers instead, by its beginning. */
  answer(path: string, status: number, body: unknown): void;
  /** Resolves once the call has come. */
  called(call: string): Promise<void>;
  close(): Promise<void>;
}

const INFO = {
  GL_Model_V: 4,
  FL_ready: true,
  client_online: true,
  client_training: true,
  task_id: 'mnist',
  client_mac: '',
  client_name: '',
};

const open: FakeManager[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((manager) => manager.close()));
});

/** A client manager, server manager and performance service in one, as Python's answer. */
export async function fakeManager({ port = 40_026 as number | null } = {}): Promise<FakeManager> {
  const calls: string[] = [];
  const bodies = new Map<string, unknown>();
  const answers: { path: string; status: number; body: unknown }[] = [
    {
      path: '/FLSe/getPort/',
      status: 200,
      body: port === null ? { error: 'no port' } : { task_id: 'mnist', port },
    },
    { path: '/FLSe/', status: 404, body: { detail: 'Not Found' } },
    { path: '/client_perf/', status: 200, body: {} },
    { path: '/', status: 200, body: INFO },
  ];
  const arrivals = new EventEmitter();

  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await textOf(request);
    if (body !== '') bodies.set(path, JSON.parse(body));
    calls.push(`${request.method} ${path}`);
    arrivals.emit('call');
    const { status, body: reply } = answers.find((answer) => path.startsWith(answer.path)) ?? {
      status: 404,
      body: {},
    };
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');

  const manager: FakeManager = {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    bodies,
    answer: (path, status, body) => answers.unshift({ path, status, body }),
    async called(call) {
      while (!calls.includes(call)) await once(arrivals, 'call');
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  open.push(manager);
  return manager;
}

async function textOf(request: IncomingMessage): Promise<string> {
  return (await request.setEncoding('utf8').toArray()).join('');
}
