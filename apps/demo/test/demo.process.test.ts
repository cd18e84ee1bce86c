import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { DemoReport } from '../src/report/demo-report.js';
import { emptyDirectory, isAlive, type RunningDemo, startDemo, untilGone } from './demo-process.js';

const LIMIT_MS = 300_000;
const small = ['--clients', '2', '--examples', '500', '--rounds', '2'];

async function reportOf(args: readonly string[], dataDir: string): Promise<DemoReport> {
  const path = join(dataDir, 'report.json');
  const { code, stderr } = await startDemo(...args, '--data-dir', dataDir, '--report', path).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(await readFile(path, 'utf8'));
}

function modelsOf({ runs }: DemoReport) {
  return runs.map(({ version, sha256 }) => ({ version, sha256 }));
}

/** The processes that a demo has named so far, and its FL server. */
async function processesOf(demo: RunningDemo, managerUrl: string): Promise<readonly number[]> {
  const named = [...demo.stdout().matchAll(/is ready: \S+, process (\d+)/g)].map(([, pid]) => Number(pid));
  const runs = (await (await fetch(`${managerUrl}/v1/runs`)).json()) as { state: { pid?: number } }[];
  const server = runs.find(({ state }) => state.pid !== undefined)?.state.pid;
  if (server === undefined) throw new Error('no FL server takes requests');
  return [...named, server];
}

test(
  'two runs learn; of the second a client is killed and a device joins; all that depends on the seed is the same again; the next call goes on',
  async () => {
    const args = [...small, '--seed', '5'];
    const directory = await emptyDirectory();

    const [first, again] = await Promise.all([
      reportOf(args, directory),
      emptyDirectory().then((other) => reportOf(args, other)),
    ]);
    expect(modelsOf(again)).toEqual(modelsOf(first));
    expect(
      first.rounds.map(({ runId, round, participants, failures }) => ({
        runId,
        round,
        participants,
        failed: failures.map(({ clientId, work, code }) => `${clientId} ${work} ${code}`),
      })),
    ).toEqual([
      { runId: 'r1', round: 1, participants: ['client-1', 'client-2'], failed: [] },
      { runId: 'r1', round: 2, participants: ['client-1', 'client-2'], failed: [] },
      { runId: 'r2', round: 1, participants: ['client-1'], failed: ['client-2 fit unavailable'] },
      { runId: 'r2', round: 2, participants: ['client-1', 'client-3'], failed: [] },
    ]);
    expect(first).toMatchObject({
      killed: { clientId: 'client-2', runId: 'r2', round: 1 },
      joined: { clientId: 'client-3', runId: 'r2', fromRound: 2 },
      final: { version: 2, sha256: first.runs[1]?.sha256 },
    });
    expect(first.runs.map(({ baseVersion, version }) => [baseVersion, version])).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(first.runs[1]?.parts).toMatchObject({
      'client-1': { state: 'train-finished' },
      'client-2': { state: 'train-failed' },
      'client-3': { state: 'train-finished' },
    });
    expect(first.calls).toMatchObject({
      'client-1': { register: 1, start: 2, getPort: 0, trainFin: 2, clientOut: 1 },
      'client-2': { register: 1, start: 2, getPort: 0, trainFin: 1, clientOut: 0 },
      'client-3': { register: 1, start: 1, getPort: 0, trainFin: 1, clientOut: 1 },
    });
    expect((await stat(first.final.path)).size).toBeGreaterThan(4 * 199_210);

    const next = await reportOf(args, directory);
    expect(next.runs.map(({ baseVersion, version }) => [baseVersion, version])).toEqual([
      [2, 3],
      [3, 4],
    ]);
    expect(next.final.accuracy).toBeGreaterThan(first.rounds[1]!.accuracy!);
  },
  LIMIT_MS,
);

test(
  'a client that somebody else kills misses the rest of its run, which another device joins, and is back for the next',
  async () => {
    const directory = await emptyDirectory();
    const path = join(directory, 'report.json');
    const args = ['--clients', '2', '--examples', '12000', '--rounds', '2'];
    const demo = startDemo(...args, '--data-dir', directory, '--report', path);
    const [, url, pid] = await demo.line(/client-2 is ready: (\S+), process (\d+)/);
    await trains(url!);

    process.kill(Number(pid), 'SIGKILL');
    const { code, stdout, stderr } = await demo.ended;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('client-2 is lost: client-2 was ended by SIGKILL');
    expect(stdout).toContain('client-2 is back');
    const { rounds, runs, joined, calls }: DemoReport = JSON.parse(await readFile(path, 'utf8'));
    expect(rounds[0]).toMatchObject({
      participants: ['client-1'],
      failures: [{ clientId: 'client-2', work: 'fit', code: 'unavailable' }],
    });
    expect(rounds[1]).toMatchObject({ participants: ['client-1', 'client-3'] });
    expect(runs[0]?.parts['client-2']).toMatchObject({ state: 'train-failed' });
    expect(joined).toEqual({ clientId: 'client-3', runId: 'r1', fromRound: 2 });
    expect(calls['client-2']?.start).toBe(2);
  },
  LIMIT_MS,
);

test(
  'a server manager that does not answer holds up no training',
  async () => {
    const demo = startDemo(...small, '--data-dir', await emptyDirectory());
    const [, manager] = await demo.line(/server manager is ready: \S+, process (\d+)/);
    await demo.line(/^fitting: round 1/m);

    process.kill(Number(manager), 'SIGSTOP');
    try {
      await demo.line(/^finished: global model V1 is published/m);
    } finally {
      process.kill(Number(manager), 'SIGCONT');
    }

    await expect(demo.ended).resolves.toMatchObject({ code: 0, stderr: '' });
  },
  LIMIT_MS,
);

test(
  'a server manager that dies ends the demo with the reason, nobody stays behind, and the next call ends what it left',
  async () => {
    const directory = await emptyDirectory();
    const demo = startDemo('--clients', '2', '--data-dir', directory);
    const [, url, manager] = await demo.line(/server manager is ready: (\S+), process (\d+)/);
    await demo.line(/^fitting: round 1/m);
    const processes = await processesOf(demo, url!);

    process.kill(Number(manager), 'SIGKILL');
    const { code, stderr } = await demo.ended;

    expect(code).toBe(1);
    expect(stderr).toContain('server-manager was ended by SIGKILL');
    expect(processes).toHaveLength(6);
    await untilGone(processes);

    const next = await reportOf(small, directory);
    expect(next.runs).toMatchObject([
      { runId: 'r2', version: 1 },
      { runId: 'r3', version: 2 },
    ]);
  },
  LIMIT_MS,
);

test(
  'Ctrl-C stops every process',
  async () => {
    const demo = startDemo('--clients', '2', '--data-dir', await emptyDirectory());
    const [, url] = await demo.line(/server manager is ready: (\S+), process/);
    await demo.line(/^fitting: round 1/m);
    const processes = await processesOf(demo, url!);

    demo.signal('SIGINT');

    await expect(demo.ended).resolves.toMatchObject({ code: 130, stderr: 'error: stopped by SIGINT\n' });
    expect(processes).toHaveLength(6);
    expect(processes.filter(isAlive)).toEqual([]);
  },
  LIMIT_MS,
);

describe('nothing is started', () => {
  test('for an unknown option', async () => {
    const directory = await emptyDirectory();
    const { code, stdout, stderr } = await startDemo('--data-dir', directory, '--cleints', '3').ended;

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("unknown option '--cleints'");
    expect(await readdir(directory)).toEqual([]);
  });

  test('for a report that could not be written', async () => {
    const directory = await emptyDirectory();
    const report = join(directory, 'none', 'report.json');
    const { code, stderr } = await startDemo('--data-dir', directory, '--report', report).ended;

    expect(code).toBe(2);
    expect(stderr).toContain('--report');
    expect(await readdir(directory)).toEqual([]);
  });

  test('where the data directory is a file', async () => {
    const { code, stderr } = await startDemo('--data-dir', new URL(import.meta.url).pathname).ended;

    expect(code).toBe(1);
    expect(stderr).toContain('cannot make');
  });
});

/** Resolves once a client says that it trains. */
async function trains(url: string): Promise<void> {
  for (;;) {
    const { session } = (await (await fetch(`${url}/online`)).json()) as { session: { phase: string } };
    if (session.phase === 'fitting') return;
  }
}
