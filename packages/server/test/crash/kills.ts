import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Clock, createSession, type Session, systemClock, type Trainer } from '@fedops/client-session';
import { createHttpTransport } from '@fedops/client-session/node';
import { createParameters } from '@fedops/parameters';
import type { ClientId, TaskId } from '@fedops/shared-types';
import { statusOf } from '../door-client.js';
import { type MortalServer, type Published, warmServer } from './mortal-server.js';

/** When a server process dies: at a boundary of its disk's operations, or some milliseconds after it listens. */
export type Kill =
  | { readonly kind: 'boundary'; readonly at: number }
  | { readonly kind: 'moment'; readonly afterMs: number };

export interface SurvivedKills extends Published {
  /** How many servers were killed; fewer than asked for where a server came to its end before its kill. */
  readonly kills: number;
  /** How many boundaries the last life passed; undefined where it did not come to close in time. */
  readonly boundaries: number | undefined;
  /** Of the last life, from when it listened until its run was published. */
  readonly runMs: number;
}

/** A place where federations run one after the other, each with server processes that die. */
export interface KillingGround {
  /**
   * Runs a federation, its clients sessions of this process, until the run is over. After each kill another process
   * takes over; the clients are told nothing and find it by themselves.
   *
   * @throws where the run is not published, or a client does not end `finished` with the published model.
   */
  survive(kills: readonly Kill[]): Promise<SurvivedKills>;
  close(): Promise<void>;
}

const TASK = 'crash';
const CLIENTS = [1, 2, 3];

/** A trial takes about a second, on a busy machine many. */
const STUCK_AFTER_MS = 120_000;
/**
 * For a server that took over, to close by itself: it may wait for clients that heard of the end from the one before.
 * The first one gets all the time that it needs.
 */
const CLOSE_WITHIN_MS = 300;

export async function openKillingGround(): Promise<KillingGround> {
  const port = await freePort();
  let spare = warmServer();

  function nextServer(): Promise<MortalServer> {
    const next = spare;
    spare = warmServer();
    return next;
  }

  async function survive(kills: readonly Kill[]): Promise<SurvivedKills> {
    const dataDir = await mkdtemp(join(tmpdir(), 'fedops-crash-'));
    const sessions = CLIENTS.map((weight) => sessionOf(weight, port));
    const ends = Promise.all(sessions.map((session) => session.run()));
    try {
      for (let life = 0; ; life++) {
        const server = await nextServer();
        const over = await live(server, { dataDir, port, life, kill: kills[life], ends }).catch((cause) => {
          const states = sessions.map((session) => JSON.stringify(session.state())).join(', ');
          throw new Error(`${(cause as Error).message}; clients: ${states}`, { cause });
        });
        if (over === 'killed') continue;
        for (const end of await ends) assertFinished(end, over);
        return { ...over, kills: life, boundaries: server.boundaries() };
      }
    } finally {
      for (const session of sessions) await session.stop('the trial is over');
      await rm(dataDir, { recursive: true, force: true });
    }
  }

  return {
    survive,
    async close() {
      const server = await spare;
      server.kill();
      await server.exited;
    },
  };
}

interface Life {
  readonly dataDir: string;
  readonly port: number;
  /** 0 for the first server of the federation. */
  readonly life: number;
  readonly kill: Kill | undefined;
  readonly ends: Promise<unknown>;
}

async function live(
  server: MortalServer,
  { dataDir, port, life, kill, ends }: Life,
): Promise<(Published & Pick<SurvivedKills, 'runMs'>) | 'killed'> {
  const over = new AbortController();
  const { signal } = over;
  server.start({ dataDir, port, killAt: kill?.kind === 'boundary' ? kill.at : 0 });
  if (kill?.kind === 'moment') {
    server.listening
      .then(() => setTimeout(kill.afterMs, undefined, { signal }))
      .then(
        () => server.kill(),
        () => {},
      );
  }
  const stuck = setTimeout(STUCK_AFTER_MS, undefined, { signal }).then(async () => {
    const view = await fetch(`http://127.0.0.1:${port}/v1/run`).then((answer) => answer.text(), String);
    throw new Error(`the run does not go on: ${view}`);
  });
  stuck.catch(() => {});
  const run = measured(server);
  const told = Promise.all([run, ends]).then(() =>
    life === 0 ? server.exited : setTimeout(CLOSE_WITHIN_MS, undefined, { signal }),
  );
  told.catch(() => {});
  try {
    await Promise.race([server.exited, told, stuck]);
    return server.wasKilled() ? 'killed' : await run;
  } finally {
    over.abort();
    server.kill();
    await server.exited;
  }
}

async function measured({
  listening,
  published,
}: MortalServer): Promise<Published & Pick<SurvivedKills, 'runMs'>> {
  await listening;
  const start = performance.now();
  const { version, digest } = await published;
  return { version, digest, runMs: performance.now() - start };
}

function assertFinished(end: ReturnType<Session['state']>, { digest, version }: Published): void {
  const isRight = end.phase === 'finished' && end.digest === digest && end.version === version;
  if (!isRight) throw new Error(`a client ended otherwise: ${JSON.stringify(end)}`);
}

function sessionOf(weight: number, port: number): Session {
  const clientId = `c${weight}` as ClientId;
  return createSession(
    {
      transport: createHttpTransport({ baseUrl: `http://127.0.0.1:${port}` }),
      trainer: trainerOf(weight),
      clock: impatientClock,
      random: () => 0,
    },
    {
      taskId: TASK as TaskId,
      identity: { clientId, key: `the secret key of ${clientId}` },
      status: () => statusOf(TASK),
    },
  );
}

/** Waits a twentieth of the time between two attempts, so that a trial takes as long as its work. */
const impatientClock: Clock = {
  now: systemClock.now,
  sleep: (ms, signal) => systemClock.sleep(ms <= 15_000 ? ms / 20 : ms, signal),
};

function trainerOf(weight: number): Trainer {
  return {
    async fit({ parameters: { signature, tensors }, seed }) {
      const trained = (tensors[0] as Float32Array).map(
        (value, i) => value * 0.5 + (weight * ((seed + i) % 1009)) / 1009,
      );
      const parameters = createParameters(signature, [trained]);
      return { parameters, numExamples: weight, metrics: { loss: 1 / weight } };
    },
    evaluate: async () => ({ loss: 1 / weight, numExamples: weight, metrics: {} }),
  };
}

/** Below the ports that systems give to outgoing connections: one of those could be taken while the server is down. */
function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(freePort()));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}
