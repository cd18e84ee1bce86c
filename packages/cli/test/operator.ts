import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSession, type Session, systemClock } from '@fedops/client-session';
import { createHttpTransport } from '@fedops/client-session/node';
import { silentLogger } from '@fedops/http-service';
import { writeSafetensors } from '@fedops/model-files';
import { createParameters, type Parameters } from '@fedops/parameters';
import { createServerManager, type ServerManager, type ServerManagerSettings } from '@fedops/server-manager';
import { afterEach } from '@jest/globals';
import type { CommandContext } from '../src/context.js';
import { runProgram } from '../src/run-program.js';
import { fakeContext } from './fake-context.js';
import { type InProcessLauncher, inProcessLauncher } from './in-process-launcher.js';

/** What came of a command line. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: what came is what the test is about.
  readonly json: () => any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly lines: () => any[];
}

export type Fedops = (args: string, given?: Partial<CommandContext>) => Promise<Answer>;

/** Someone at a shell beside a server manager. */
export interface Operator {
  readonly manager: ServerManager;
  readonly launcher: InProcessLauncher;
  /** Of the manager. */
  readonly dataDir: string;
  /** Where the shell is. */
  readonly cwd: string;
  /** Runs a command line: words between spaces. */
  readonly fedops: Fedops;
  /** Creates task `mnist` with a model. */
  task(args?: string): Promise<void>;
  /** Lets clients take part in a run until it is over. */
  takePart(runId: string, ...clientIds: string[]): Promise<Session[]>;
}

export const OPERATOR_TOKEN = 'the-token-of-the-operator';

const closings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'fedops-cli-'));
  closings.push(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** Runs command lines in a directory of their own. */
export function fedopsIn(cwd: string, env: CommandContext['env'] = {}): Fedops {
  return async (args, given = {}) => {
    const context = fakeContext({ cwd, env, fetch, clock: systemClock, ...given });
    const code = await runProgram(args.split(' '), context);
    const { stdout, stderr } = context.said();
    const lines = () =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    return { code, stdout, stderr, json: () => JSON.parse(stdout), lines };
  };
}

/** A server manager on a free port that starts real FL servers, with somebody at a shell; closed after the test. */
export async function anOperator(settings: Partial<ServerManagerSettings> = {}): Promise<Operator> {
  const dataDir = await temporaryDirectory();
  const cwd = await temporaryDirectory();
  const launcher = inProcessLauncher(dataDir);
  const manager = await createServerManager(
    { servers: { ports: 'any' }, ...settings, dataDir, listen: { port: 0, ...settings.listen } },
    { logger: silentLogger, launcher },
  );
  closings.push(async () => {
    await manager.close();
    await launcher.close();
  });
  const env = {
    FEDOPS_SERVER_MANAGER_URL: manager.url,
    ...(settings.adminToken !== undefined && { FEDOPS_ADMIN_TOKEN: settings.adminToken }),
  };
  const fedops = fedopsIn(cwd, env);
  return {
    manager,
    launcher,
    dataDir,
    cwd,
    fedops,
    async task(args = '--rounds 2') {
      await writeFile(join(cwd, 'model.safetensors'), writeSafetensors(modelOf(0)));
      const { code, stderr } = await fedops(`task create mnist --model model.safetensors ${args}`);
      if (code !== 0) throw new Error(stderr);
    },
    async takePart(runId, ...clientIds) {
      const { url } = await launcher.server(runId);
      return clientIds.map((clientId) => takePart(url, clientId));
    },
  };
}

/** An output that hears what is written while a command goes on; a terminal where it is told to be one. */
export function ear({ isTTY = false } = {}) {
  let heard = '';
  const terminal = { cursorTo: () => {}, clearLine: () => {}, moveCursor: () => {} };
  const write = (text: string) => {
    heard += text;
  };
  return { write, isTTY, columns: 100, heard: () => heard, ...terminal };
}

/** A model all of whose elements are the same. */
export function modelOf(value: number): Parameters {
  return createParameters(
    [
      { name: 'kernel', shape: [2, 3], dtype: 'float32' },
      { name: 'bias', shape: [3], dtype: 'float32' },
    ],
    [new Float32Array(6).fill(value), new Float32Array(3).fill(value)],
  );
}

/** A client of task `mnist` that adds 1 to every element in each fit; ends after the test. */
export function takePart(serverUrl: string, clientId: string): Session {
  const session = createSession(
    {
      transport: createHttpTransport({ baseUrl: serverUrl }),
      clock: systemClock,
      trainer: {
        async fit({ parameters }) {
          for (const tensor of parameters.tensors as Float32Array[]) {
            for (let i = 0; i < tensor.length; i++) tensor[i]! += 1;
          }
          return { parameters, numExamples: 10, metrics: { loss: 0.5 } };
        },
        evaluate: async () => ({ loss: 0.25, numExamples: 10, metrics: { accuracy: 0.75 } }),
      },
    },
    {
      taskId: 'mnist' as never,
      identity: { clientId: clientId as never, key: `the-key-of-client-${clientId}` },
      status: () => ({
        FL_task_id: 'mnist',
        FL_client_num: 0,
        FL_client_mac: null,
        FL_client_online: true,
        FL_client_start: true,
        FL_client_fail: false,
        FL_server_IP: null,
        FL_next_gl_model: 1,
      }),
    },
  );
  const running = session.run();
  closings.push(async () => {
    void session.stop('the test is over');
    await running;
  });
  return session;
}

/** Resolves once the condition holds; looks again and again. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not so within ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
