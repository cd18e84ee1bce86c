import { expect, it } from '@jest/globals';
import { anOperator, ear, type Operator, until } from './operator.js';

/** A run that waits for its clients. */
async function running(flags = ''): Promise<Operator> {
  const operator = await anOperator();
  await operator.task();
  await operator.fedops(`run start mnist --min-clients 2${flags}`);
  await until(async () => (await operator.fedops('run show r1 --json')).json().state.status === 'running');
  return operator;
}

it.each([
  ['run watch r1', 1],
  ['events r1', 0],
])('tells to the end a run whose FL server dies meanwhile, for good: %s', async (words, expected) => {
  const { fedops, launcher } = await running();
  const stdout = ear();
  const telling = fedops(`${words} --json`, { stdout });
  await until(() => stdout.heard().includes('"reset"'));
  launcher.crash();
  await launcher.die('r1');

  const { code, stderr } = await telling;

  expect([code, stderr]).toEqual([expected, '']);
  const lines = stdout.heard().trimEnd().split('\n');
  expect(lines.at(-1)).toContain('server-crashed');
  expect(lines.filter((line) => line.includes('"reset"'))).toHaveLength(1);
});

it.each(['run watch r1', 'events r1'])('goes on where the FL server is started again: %s', async (words) => {
  const { fedops, launcher, takePart } = await running(' --server-restarts 1');
  const stdout = ear();
  const telling = fedops(`${words} --json`, { stdout });
  await until(() => stdout.heard().includes('"reset"'));
  const first = await launcher.server('r1');
  await launcher.die('r1');
  await until(async () => (await launcher.server('r1')) !== first);
  await until(() => stdout.heard().includes('"run-resumed"'));
  await takePart('r1', 'a', 'b');

  expect((await telling).code).toBe(0);
  expect(stdout.heard()).toContain('"version-published"');
});

it('says why at each moment while the FL server dies', async () => {
  const { fedops, launcher } = await running();
  launcher.crash();
  await (await launcher.server('r1')).close();
  expect((await fedops('why r1 --json')).json()).toMatchObject({ reason: 'server-unreachable' });
  await launcher.die('r1');

  await until(async () => {
    const { code, json } = await fedops('why r1 --json');
    expect(code).toBe(0);
    return json().status === 'failed';
  });
  expect((await fedops('why r1')).stdout).toContain('fedops run log r1');
});
