import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { DemoReport } from '../src/report/demo-report.js';
import { emptyDirectory, isAlive, startDemo } from './demo-process.js';

const LIMIT_MS = 120_000;
const small = ['--clients', '2', '--examples', '500'];

async function reportOf(args: readonly string[], dataDir: string): Promise<DemoReport> {
  const path = join(dataDir, 'report.json');
  const { code, stderr } = await startDemo(...args, '--data-dir', dataDir, '--report', path).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(await readFile(path, 'utf8'));
}

test(
  'a federation learns, everybody spoke, the same seed gives the same model, and a second run goes on from it',
  async () => {
    const args = [...small, '--rounds', '2', '--seed', '5'];
    const directory = await emptyDirectory();

    const first = await reportOf(args, directory);
    expect(
      first.rounds.map(({ round, participants, failures }) => ({ round, participants, failures })),
    ).toEqual([1, 2].map((round) => ({ round, participants: ['client-1', 'client-2'], failures: [] })));
    expect(first.final).toMatchObject({ version: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(first.final.accuracy).toBeGreaterThan(0.5);
    for (const calls of Object.values(first.calls)) {
      expect(calls).toEqual({ start: 1, online: calls.online, getPort: 1, trainFin: 1, clientOut: 1 });
      expect(calls.online).toBeGreaterThan(1);
    }

    const again = await reportOf(args, await emptyDirectory());
    expect(again.final.sha256).toBe(first.final.sha256);

    const second = await reportOf(args, directory);
    expect(second.final.version).toBe(2);
    expect(second.final.accuracy).toBeGreaterThan(first.final.accuracy!);
  },
  LIMIT_MS,
);

test(
  'a client that is killed while it trains misses the round, which says why, and is back for the next',
  async () => {
    const directory = await emptyDirectory();
    const path = join(directory, 'report.json');
    const demo = startDemo('--clients', '2', '--rounds', '2', '--data-dir', directory, '--report', path);
    const [, url, pid] = await demo.line(/client-2 is ready: (\S+), process (\d+)/);
    await trains(url!);

    process.kill(Number(pid), 'SIGKILL');
    // Which of the two is said first depends on who is quicker: the other client, or the end of the lease.
    await demo.line(
      /^fitting: round 1: (1 of 2 updates are in.*waits for client-2|0 of 2 updates are in, 1 clients failed)/m,
    );
    const { code, stdout } = await demo.ended;

    expect(code).toBe(0);
    expect(stdout).toContain('client-2 is lost: client-2 was ended by SIGKILL');
    expect(stdout).toContain('client-2 is back');
    const { rounds, calls }: DemoReport = JSON.parse(await readFile(path, 'utf8'));
    expect(rounds[0]).toMatchObject({
      participants: ['client-1'],
      failures: [{ clientId: 'client-2', work: 'fit', code: 'unavailable' }],
    });
    expect(rounds[1]).toMatchObject({ participants: ['client-1', 'client-2'], failures: [] });
    expect(calls['client-2']).toMatchObject({ start: 2, getPort: 2, trainFin: 1, clientOut: 1 });
  },
  LIMIT_MS,
);

test(
  'a manager that dies ends the demo with the reason, and nobody stays behind',
  async () => {
    const demo = startDemo(...small, '--data-dir', await emptyDirectory());
    const clients = await Promise.all(
      [1, 2].map((n) => demo.line(new RegExp(`client-${n} is ready.*process (\\d+)`))),
    );
    const [, server] = await demo.line(/FL server is ready: \S+, process (\d+)/);
    const [, manager] = await demo.line(/manager is ready: \S+, process (\d+)/);

    process.kill(Number(manager), 'SIGKILL');
    const { code, stderr } = await demo.ended;

    expect(code).toBe(1);
    expect(stderr).toContain('manager was ended by SIGKILL');
    expect([server, ...clients.map(([, pid]) => pid)].map((pid) => isAlive(Number(pid)))).toEqual([
      false,
      false,
      false,
    ]);
  },
  LIMIT_MS,
);

test(
  'Ctrl-C stops every process',
  async () => {
    const demo = startDemo(...small, '--data-dir', await emptyDirectory());
    const [, pid] = await demo.line(/client-1 is ready.*process (\d+)/);
    const [, server] = await demo.line(/FL server is ready: \S+, process (\d+)/);

    demo.signal('SIGINT');

    await expect(demo.ended).resolves.toMatchObject({ code: 130, stderr: 'error: stopped by SIGINT\n' });
    expect([pid, server].map((one) => isAlive(Number(one)))).toEqual([false, false]);
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
