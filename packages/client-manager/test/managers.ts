import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import { afterEach } from '@jest/globals';
import { httpExchange } from '../src/http/exchange.js';
import { type ClientManagerHandle, type ClientManagerSettings, createClientManager } from '../src/index.js';
import { fileStateKeeper } from '../src/keep/state-keeper.js';
import { type FakeClock, fakeClock } from './fake-clock.js';

/** Managers under one clock, which runs only while the test waits. */
export interface World {
  readonly clock: FakeClock;
  manager(settings: ManagerOptions): Promise<ClientManagerHandle>;
  directory(): Promise<string>;
  /** Lets time pass until it is so; fails after an hour. */
  until(condition: () => boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  /** Every request of these managers, in order, also those that nobody took. */
  readonly requests: readonly Sent[];
}

export interface Sent {
  readonly at: number;
  readonly path: string;
}

export type ManagerOptions = Omit<ClientManagerSettings, 'dataDir' | 'serverManager'> & {
  readonly clientUrl: string;
  readonly serverManagerUrl: string;
  readonly dataDir?: string;
  readonly disk?: { readonly isFull: boolean };
  readonly random?: () => number;
  /** How long the client app may take to answer, in milliseconds of the machine's own time. */
  readonly clientAnswersWithinMs?: number;
};

const STEP_MS = 250;
const LONGEST_MS = 3_600_000;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export function aWorld(): World {
  const clock = fakeClock();
  const requests: Sent[] = [];
  let inFlight = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    inFlight++;
    try {
      return await work;
    } finally {
      inFlight--;
    }
  };
  const settled = async () => {
    for (let quiet = 0; quiet < 4; quiet = inFlight === 0 ? quiet + 1 : 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const directory = async () => {
    const path = await mkdtemp(join(tmpdir(), 'fedops-manager-'));
    closing.push(() => rm(path, { recursive: true, force: true }));
    return path;
  };

  return {
    clock,
    requests,
    directory,
    async manager(options) {
      const { serverManagerUrl, disk = { isFull: false }, random = () => 0.5, ...others } = options;
      const { clientAnswersWithinMs = Number.POSITIVE_INFINITY, ...settings } = others;
      const dataDir = settings.dataDir ?? (await directory());
      const files = fileStateKeeper(dataDir);
      const handle = await createClientManager(
        { port: 0, ...settings, dataDir, serverManager: { url: serverManagerUrl } },
        {
          logger: silentLogger,
          clock,
          env: {},
          random,
          keeper: {
            load: () => files.load(),
            save: (kept) => counted(disk.isFull ? Promise.reject(diskIsFull()) : files.save(kept)),
          },
          // A long poll is answered when there is something; nobody waits for it.
          exchange(request) {
            const { origin, pathname } = new URL(request.url);
            requests.push({ at: clock.now(), path: pathname });
            const mostMs = origin === settings.clientUrl ? clientAnswersWithinMs : Number.POSITIVE_INFINITY;
            const answer = httpExchange({ ...request, timeoutMs: Math.min(request.timeoutMs, mostMs) });
            return pathname.endsWith('/instruction') ? answer : counted(answer);
          },
        },
      );
      closing.push(() => handle.close());
      return handle;
    },
    async until(condition) {
      for (let passed = 0; passed < LONGEST_MS; passed += STEP_MS) {
        await settled();
        if (condition()) return;
        await clock.pass(STEP_MS, settled);
      }
      throw new Error('it did not come to pass within an hour');
    },
    pass: (ms) => clock.pass(ms, settled),
  };
}

function diskIsFull(): FedOpsError {
  return new FedOpsError('storage', 'the disk is full');
}

/** Calls a route of a manager as a client would. */
export async function call(manager: ClientManagerHandle, route: string, body?: object) {
  const [method = 'GET', path = '/'] = route.split(' ');
  const answer = await fetch(`${manager.url}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is for the test to say
  return { status: answer.status, body: (await answer.json()) as any };
}
