import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { checkPort } from '../src/commands/doctor/check-port.js';
import { anOperator, fedopsIn, OPERATOR_TOKEN, temporaryDirectory, until } from './operator.js';

type Status = 'ok' | 'warn' | 'fail';

interface Report {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly status: Status;
    readonly message: string;
    readonly advice?: string;
  }[];
}

function check({ checks }: Report, name: string) {
  const found = checks.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no check ${name}`);
  return found;
}

const closings: (() => void)[] = [];

afterEach(() => {
  for (const close of closings.splice(0)) close();
});

/** A service that answers some routes. */
async function aService(
  answers: Readonly<Record<string, unknown>>,
): Promise<{ readonly url: string; readonly port: number }> {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port };
}

it('finds all well where all is well, the FL servers of running runs included, and leaves nothing behind', async () => {
  const { fedops, task, cwd } = await anOperator({ adminToken: OPERATOR_TOKEN });
  await task();
  await fedops('run start mnist');
  await until(async () => (await fedops('run show r1 --json')).json().state.status === 'running');
  const client = await aService({ '/online': { FL_client_online: true } });
  const before = await readdir(cwd);

  const { code, json, stderr } = await fedops(`doctor --client-app ${client.url} --json`);

  const report: Report = json();
  expect([code, stderr, report.ok]).toEqual([0, '', true]);
  for (const name of [
    'configuration',
    'data directory',
    'server manager',
    'versions',
    'clock',
    'token',
    'FL server of r1',
    'client app',
  ]) {
    expect([name, check(report, name).status]).toEqual([name, 'ok']);
  }
  expect(await readdir(cwd)).toEqual(before);
});

it('fails where a manager that was named does not answer, and warns where none was', async () => {
  const fedops = fedopsIn(await temporaryDirectory());
  const gone = await aService({});
  for (const close of closings.splice(0)) close();

  const named = await fedops(`doctor --manager ${gone.url} --json`);

  expect(named.code).toBe(1);
  expect(check(named.json(), 'server manager')).toMatchObject({
    status: 'fail',
    advice: expect.stringContaining('fedops manager'),
  });
  const inText = await fedops(`doctor --manager ${gone.url}`);
  expect([inText.code, inText.stdout]).toEqual([1, expect.stringMatching(/^fail {2}server manager /m)]);
});

it('warns, and fails not, where the manager is of another version', async () => {
  const openapi = { info: { title: 'FedOps server manager', version: '0.0.0-older' } };
  const manager = await aService({ '/healthz': {}, '/v1/openapi.json': openapi, '/v1/runs?limit=100': [] });

  const { code, json } = await fedopsIn(await temporaryDirectory())(`doctor --manager ${manager.url} --json`);

  expect(check(json(), 'versions')).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('0.0.0-older'),
    advice: expect.stringContaining('npm install'),
  });
  expect(code).toBe(0);
});

it('fails where the token is wrong, and says which one to show', async () => {
  const { manager, cwd } = await anOperator({ adminToken: OPERATOR_TOKEN });
  const { code, json } = await fedopsIn(cwd)(`doctor --manager ${manager.url} --json`);
  expect(code).toBe(1);
  expect(check(json(), 'token')).toMatchObject({
    status: 'fail',
    advice: expect.stringContaining('FEDOPS_ADMIN_TOKEN'),
  });
});

it('fails where the FL server of a running run does not answer', async () => {
  const { fedops, task, launcher } = await anOperator();
  await task();
  await fedops('run start mnist');
  await until(async () => (await fedops('run show r1 --json')).json().state.status === 'running');
  await (await launcher.server('r1')).close();

  const { code, json } = await fedops('doctor --json');

  expect(code).toBe(1);
  expect(check(json(), 'FL server of r1')).toMatchObject({ status: 'fail', advice: 'fedops why r1' });
});

it('fails where the configuration is wrong, and names the line', async () => {
  const cwd = await temporaryDirectory();
  await writeFile(join(cwd, 'fedops.yaml'), 'connection:\n  manger: http://127.0.0.1:1\n');

  const { code, json } = await fedopsIn(cwd)('doctor --json');

  expect(code).toBe(1);
  expect(check(json(), 'configuration').message).toBe('fedops.yaml:2: connection.manger: no such field');
});

it('fails where the data directory cannot be written', async () => {
  const cwd = await temporaryDirectory();
  await writeFile(join(cwd, 'file'), '');
  const { code, json } = await fedopsIn(cwd)('doctor --data-dir file/below --json');
  expect(code).toBe(1);
  expect(check(json(), 'data directory').status).toBe('fail');
});

it('fails where no client app answers at the address that is named, and says who does', async () => {
  const { manager, fedops } = await anOperator();
  const { code, json } = await fedops(`doctor --client-app ${manager.url} --json`);
  expect(code).toBe(1);
  expect(check(json(), 'client app').message).toContain('a server manager answers');
});

it.each<[string, Readonly<Record<string, unknown>>, Status, string]>([
  ['the service itself', { '/online': {} }, 'ok', 'a client app answers'],
  ['another service', { '/info': {} }, 'warn', 'taken by a client manager'],
  ['an FL server', { '/v1/run': {} }, 'warn', 'taken by a FL server'],
  ['another program', {}, 'warn', 'taken by another program'],
])('says who has taken a port: %s', async (_who, answers, status, message) => {
  const { port } = await aService(answers);
  const { signal } = new AbortController();
  expect(await checkPort(fetch, { port, service: 'client app' }, signal)).toMatchObject({ status, message });
});
