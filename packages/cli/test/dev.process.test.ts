import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { RunView } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { fedopsProcess, noProcessNaming, processesNaming } from './fedops-process.js';
import { temporaryDirectory } from './temporary-directory.js';

const LONG_MS = 300_000;
/** Services end when their standard input does; an FL server that is told to end says good-bye first. */
const GONE_WITHIN_MS = 120_000;

const onUnix = process.platform === 'win32' ? test.skip : test;

test(
  'dev makes V1 from nothing and, when it is run again, V2 from V1, and leaves no process',
  async () => {
    const cwd = await temporaryDirectory();
    const models = [];
    for (const version of [1, 2]) {
      const dev = fedopsProcess(['dev', '--once', '--port', '0', '--rounds', '2'], { cwd });
      const model = await dev.until('model');
      expect(await dev.ended).toBe(0);
      expect(model).toMatchObject({ taskId: 'digits', version });
      expect(
        createHash('sha256')
          .update(await readFile(model.path))
          .digest('hex'),
      ).toBe(model.digest);
      models.push(model);
    }
    expect(models[0].metrics.accuracy).toBeGreaterThan(0.9);
    expect(models[1].metrics.loss).toBeLessThan(models[0].metrics.loss);
    expect(processesNaming(cwd)).toEqual([]);
    expect((await stat(join(cwd, '.fedops', 'dev', 'join.token'))).mode & 0o077).toBe(0);
  },
  LONG_MS,
);

onUnix(
  'a further client joins by the line that dev prints and trains in the next run; Ctrl-C ends all of dev',
  async () => {
    const cwd = await temporaryDirectory();
    const dev = fedopsProcess(['dev', '--port', '0', '--rounds', '1'], { cwd });
    const { joinToken, command } = await dev.until('join');
    expect(command.slice(0, 3)).toEqual(['npx', '@fedops/cli', 'client']);
    const elsewhere = await temporaryDirectory();
    const joined = fedopsProcess(command.slice(2), { cwd: elsewhere, env: { FEDOPS_JOIN_TOKEN: joinToken } });
    const { clientId } = await joined.until('ready');

    const { url } = await dev.until('ready');
    const operator = ['--manager', url, '--token-file', join(cwd, '.fedops', 'dev', 'admin.token')];
    const run = fedopsProcess(['run', 'start', 'digits', '--watch', '--min-clients', '4', ...operator], {
      cwd,
    });
    expect(await run.ended).toBe(0);
    const adminToken = (await readFile(join(cwd, '.fedops', 'dev', 'admin.token'), 'utf8')).trim();
    const view = await fetch(`${url}/v1/runs/r2/view`, {
      headers: { Authorization: `Bearer ${adminToken}` },
    });
    const [round] = ((await view.json()) as RunView).history.filter((one) => one.round === 1);
    expect(round?.participants).toContainEqual(expect.objectContaining({ clientId }));

    joined.signal('SIGTERM');
    expect(await joined.ended).toBe(0);
    dev.signal('SIGINT');
    expect(await dev.ended).toBe(0);
    expect(processesNaming(cwd)).toEqual([]);
    const { stdout, stderr } = joined.output();
    expect(stdout + stderr).not.toContain(joinToken);
  },
  LONG_MS,
);

/** Linux alone answers at all of 127.0.0.0/8. */
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  'a further machine joins a dev at the address that --host names: with the token alone, and by no other name',
  async () => {
    const cwd = await temporaryDirectory();
    const dev = fedopsProcess(['dev', '--host', '127.0.0.2', '--port', '0', '--rounds', '1'], { cwd });
    const { joinToken, command } = await dev.until('join');
    const { url } = await dev.until('ready');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
    expect(command).toContain(url);

    expect(await statusOf(`${url}/healthz`)).toBe(200);
    expect(await statusOf(`${url}/healthz`, { Host: 'rebound.example' })).toBe(403);
    const stranger = { taskId: 'digits', clientId: 'stranger', key: 'a-key-of-the-stranger-himself' };
    const refused = await fetch(`${url}/v1/tasks/digits/devices`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(stranger),
    });
    expect(refused.status).toBe(401);

    const elsewhere = await temporaryDirectory();
    const joined = fedopsProcess(command.slice(2), { cwd: elsewhere, env: { FEDOPS_JOIN_TOKEN: joinToken } });
    const { clientId } = await joined.until('ready');
    const operator = ['--manager', url, '--token-file', join(cwd, '.fedops', 'dev', 'admin.token')];
    const run = fedopsProcess(['run', 'start', 'digits', '--watch', '--min-clients', '4', ...operator], {
      cwd,
    });
    expect(await run.ended).toBe(0);
    expect(run.output().stdout).toContain(clientId);

    joined.signal('SIGTERM');
    expect(await joined.ended).toBe(0);
    dev.signal('SIGINT');
    expect(await dev.ended).toBe(0);
  },
  LONG_MS,
);

async function statusOf(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  // `fetch` sets `Host` itself.
  const asking = get(url, { headers });
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode ?? 0;
}

onUnix(
  'services whose dev was killed end by themselves, their FL server too',
  async () => {
    const cwd = await temporaryDirectory();
    const dev = fedopsProcess(['dev', '--port', '0', '--rounds', '1000'], { cwd });
    await dev.until('ready');
    const hasServer = () => processesNaming(cwd).some((line) => line.includes('server-process'));
    while (!hasServer()) await new Promise((resolve) => setTimeout(resolve, 50));
    dev.signal('SIGKILL');
    expect(await dev.ended).toBeNull();
    await noProcessNaming(cwd, GONE_WITHIN_MS);
  },
  LONG_MS,
);

onUnix(
  'a dev whose server manager was killed says so, and leaves no FL server',
  async () => {
    const cwd = await temporaryDirectory();
    const dev = fedopsProcess(['dev', '--port', '0', '--rounds', '1000'], { cwd });
    await dev.until('ready');
    const pidOf = (words: string) => processesNaming(cwd).find((line) => line.includes(words));
    while (pidOf('server-process') === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(Number.parseInt(pidOf('main.js manager') ?? '', 10), 'SIGKILL');
    expect(await dev.ended).toBe(6);
    expect(processesNaming(cwd)).toEqual([]);
    const { message } = JSON.parse(dev.output().stderr.trim());
    expect(message).toMatch(/ended by SIGKILL.*\n.*server-manager\.log$/);
  },
  LONG_MS,
);

test(
  'a second dev in the same directory is refused, and leaves the first one alone',
  async () => {
    const cwd = await temporaryDirectory();
    const first = fedopsProcess(['dev', '--port', '0', '--rounds', '1'], { cwd });
    await first.until('ready');
    const second = fedopsProcess(['dev', '--once', '--port', '0'], { cwd });
    expect(await second.ended).toBe(4);
    expect(JSON.parse(second.output().stderr.trim())).toMatchObject({ code: 'conflict' });
    expect(await first.until('model')).toMatchObject({ version: 1 });
    first.signal('SIGTERM');
    await first.ended;
  },
  LONG_MS,
);

test('a dev that cannot have its port says so, and leaves no process', async () => {
  const cwd = await temporaryDirectory();
  const dev = fedopsProcess(['dev', '--once', '--host', '198.51.100.1', '--port', '0'], { cwd });
  expect(await dev.ended).not.toBe(0);
  const { code, message } = JSON.parse(dev.output().stderr.trim());
  expect([code, message]).toEqual([expect.any(String), expect.stringContaining('198.51.100.1')]);
  expect(processesNaming(cwd)).toEqual([]);
});
