// How fast a client answers `GET /online` while it trains the 2NN flat out: one client of a running federation, asked
// one request after another from this process. Only answers given while it trains count.
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FedOpsError } from '@fedops/shared-types';
import { type Children, createChildren } from '../federation/children.js';
import { runDemo } from '../federation/run-demo.js';
import type { Ready } from '../processes/messages.js';
import { type Quantiles, quantilesOf } from './quantiles.js';
import { timedGet } from './timed-get.js';

const ANSWERS = 2_000;
const PAUSE_MS = 5;
const WITHIN_MS = 120_000;

const dataDir = await mkdtemp(join(tmpdir(), 'fedops-online-'));
const stopped = new AbortController();
const limit = setTimeout(() => stopped.abort(new FedOpsError('deadline-exceeded', 'too slow')), WITHIN_MS);
try {
  const { count, median, p99, max } = await measure(await createChildren(join(dataDir, 'logs')));
  const [m, p, x] = [median, p99, max].map((ms) => ms.toFixed(2));
  console.log(`GET /online while training: ${count} answers, median ${m} ms, p99 ${p} ms, max ${x} ms`);
} finally {
  clearTimeout(limit);
  await rm(dataDir, { recursive: true, force: true });
}

async function measure(children: Children): Promise<Quantiles> {
  const done = new FedOpsError('aborted', 'measured');
  const { observed, client } = observeClient(children);
  const federation = runDemo(
    {
      clients: 1,
      rounds: 1_000,
      partition: { kind: 'iid' },
      seed: 1,
      examples: 60_000,
      dataDir,
      report: undefined,
    },
    {
      children: observed,
      screen: { show: () => {}, print: () => {}, close: () => {} },
      signal: stopped.signal,
      now: () => Date.now(),
    },
  );
  const ended = federation.then(
    () => Promise.reject(new FedOpsError('internal', 'the run ended too early')),
    (error: unknown) => Promise.reject(error),
  );
  try {
    const { url } = await Promise.race([client, ended]);
    return quantilesOf(await Promise.race([answerTimes(`${url}/online`), ended]));
  } finally {
    stopped.abort(done);
    await federation.catch(() => undefined);
  }
}

async function answerTimes(url: string): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  try {
    while (times.length < ANSWERS && !stopped.signal.aborted) {
      const { ms, body } = await timedGet(url, agent);
      if (isTraining(body)) times.push(ms);
      await sleep(PAUSE_MS);
    }
    return times;
  } finally {
    agent.destroy();
  }
}

function isTraining(body: unknown): boolean {
  return (body as { session?: { phase?: unknown } }).session?.phase === 'fitting';
}

/** The same processes, telling where the client is. */
function observeClient(children: Children): { observed: Children; client: Promise<Ready> } {
  let tell: (ready: Promise<Ready>) => void = () => {};
  const client = new Promise<Ready>((resolve) => {
    tell = resolve;
  });
  const observed: Children = {
    ...children,
    async start(process) {
      const child = await children.start(process);
      if (process.kind === 'client') tell(child.ready);
      return child;
    },
  };
  return { observed, client };
}
