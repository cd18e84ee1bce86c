import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { anOperator, fedopsIn, OPERATOR_TOKEN, temporaryDirectory } from './operator.js';

/** Commands that ask the manager, for something that it does not have. */
const NOT_FOUND = [
  'task show none',
  'run start none',
  'run stop none',
  'run show none',
  'run show',
  'run watch none',
  'run log none',
  'device list --task none',
  'model list none',
  'model get none',
  'model verify none --data-dir .',
  'why none',
  'why',
  'events none',
];
const ALL = [...NOT_FOUND, 'task list', 'task create mnist', 'run list', 'device list'];

it('says not-found with exit code 3, in words and as JSON', async () => {
  const { fedops } = await anOperator();
  for (const args of NOT_FOUND) {
    const words = await fedops(args);
    const asJson = await fedops(`${args} --json`);
    expect([args, words.code, words.stdout]).toEqual([args, 3, '']);
    expect([args, words.stderr]).toEqual([args, expect.stringMatching(/^fedops: not-found: /)]);
    expect([args, JSON.parse(asJson.stderr).code]).toEqual([args, 'not-found']);
  }
});

it('says unauthenticated and permission-denied with exit code 5, and which token to show', async () => {
  const deviceToken = 'the-token-for-devices';
  const { manager, cwd } = await anOperator({ adminToken: OPERATOR_TOKEN, deviceToken });
  const url = { FEDOPS_SERVER_MANAGER_URL: manager.url };
  for (const args of ALL) {
    const nobody = await fedopsIn(cwd, url)(args);
    const somebody = await fedopsIn(cwd, { ...url, FEDOPS_ADMIN_TOKEN: 'of-somebody-else' })(args);
    expect([args, nobody.code, somebody.code]).toEqual([args, 5, 5]);
    expect(nobody.stderr).toContain('FEDOPS_ADMIN_TOKEN');
    expect(somebody.stderr).toContain('permission-denied');
    expect(somebody.stderr).not.toContain('of-somebody-else');
  }
});

it('is let in with the token', async () => {
  const { fedops } = await anOperator({ adminToken: OPERATOR_TOKEN });
  expect((await fedops('task list')).code).toBe(0);
});

it('says at once, with exit code 6, that no manager answers, where, and how to start one', async () => {
  const url = `http://127.0.0.1:${await aDeadPort()}`;
  const fedops = fedopsIn(await temporaryDirectory(), { FEDOPS_SERVER_MANAGER_URL: url });
  for (const args of ALL) {
    const { code, stderr } = await fedops(args);
    expect([args, code]).toEqual([args, 6]);
    expect(stderr).toContain(`no server manager answers at ${url}: start one (fedops manager)`);
  }
});

it.each([
  'task show',
  'run start',
  'run stop',
  'model list',
  'model verify mnist',
  'model get mnist newest',
  'model get mnist --format onnx',
  'why a b',
  'task frobnicate',
  'completion tcsh',
])('says with exit code 2 how it is used: %s', async (args) => {
  const { fedops } = await anOperator();
  const { code, stderr } = await fedops(args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^(fedops: invalid-argument: |Usage: )/)]);
});

async function aDeadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
