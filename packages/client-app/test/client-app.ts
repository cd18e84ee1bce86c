import type { Trainer } from '@fedops/client-session';
import { silentLogger } from '@fedops/http-service';
import { afterEach } from '@jest/globals';
import {
  type ClientAppHandle,
  FLClientTask,
  type FLClientTaskParts,
  type FLClientTaskSettings,
} from '../src/index.js';
import { type FakeFlServer, fakeFlServer } from './fake-fl-server.js';
import { type FakeTrainer, fakeTrainer } from './fake-trainer.js';

export const ADDRESS = { server_ip: '127.0.0.1:8080', client_mac: '02:00:00:00:00:07' };

export interface ServedTask {
  readonly task: FLClientTask;
  readonly app: ClientAppHandle;
  readonly server: FakeFlServer;
  readonly trainer: FakeTrainer;
}

const open: ClientAppHandle[] = [];
const tasks: FLClientTask[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
  await Promise.all(tasks.splice(0).map((task) => task.stop()));
});

type TaskOptions = Partial<FLClientTaskSettings> & { readonly trainer?: Trainer };

/** A task with a trainer and an FL server of the test, not served. */
export function aTask(settings: TaskOptions = {}, parts: Partial<FLClientTaskParts> = {}) {
  const server = fakeFlServer();
  const trainer = fakeTrainer();
  const task = new FLClientTask(
    { taskId: 'mnist', clientId: 'device-7', key: 'a key of the client', port: 0, trainer, ...settings },
    { logger: silentLogger, env: {}, createTransport: () => server.transport, ...parts },
  );
  tasks.push(task);
  return { task, server, trainer };
}

/** The same, served on a free port until the test ends. */
export async function aServedTask(
  settings: TaskOptions = {},
  parts: Partial<FLClientTaskParts> = {},
): Promise<ServedTask> {
  const made = aTask(settings, parts);
  const app = await made.task.start();
  open.push(app);
  return { ...made, app };
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is for the test to say
  readonly body: any;
}

export async function call(
  app: ClientAppHandle,
  route: string,
  body?: unknown,
  headers = {},
): Promise<JsonAnswer> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const answer = await fetch(`${app.url}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** Asks until `/online` shows the phase. */
export async function online(app: ClientAppHandle, phase: string): Promise<JsonAnswer['body']> {
  for (;;) {
    const { body } = await call(app, 'GET /online');
    if (body.session.phase === phase) return body;
  }
}
