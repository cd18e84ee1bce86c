import { expect, it } from '@jest/globals';
import { anOperator } from './operator.js';

async function registered(url: string, deviceId: string, name: string): Promise<string> {
  const answer = await fetch(`${url}/v1/tasks/mnist/devices`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ protocolVersion: 1, deviceId, key: `the-key-of-device-${deviceId}`, name }),
  });
  return ((await answer.json()) as { token: string }).token;
}

it('lists who is online and who is offline, and since when', async () => {
  const { fedops, manager } = await anOperator();
  await fedops('task create mnist');
  await registered(manager.url, 'a', 'kitchen');
  const token = await registered(manager.url, 'b', 'cellar');
  await fetch(`${manager.url}/v1/tasks/mnist/devices/b/lease`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` },
  });

  const { stdout } = await fedops('device list --task mnist');

  expect(stdout).toMatch(/\na +mnist +online since 20\d\d-\d\d-\d\d .* kitchen\n/);
  expect(stdout).toMatch(/\nb +mnist +offline \(left\) since 20.* cellar\n/);
  expect((await fedops('device list --json')).json()).toMatchObject([{ deviceId: 'a' }, { deviceId: 'b' }]);
  expect((await fedops('device list --state offline --json')).json()).toMatchObject([{ deviceId: 'b' }]);
  expect((await fedops('device list --task other')).code).toBe(3);
  expect((await fedops('device list --state asleep')).code).toBe(2);
});

it('lets no name of a device steer the terminal', async () => {
  const { fedops, manager } = await anOperator();
  await fedops('task create mnist');
  await registered(manager.url, 'a', '\u001b[2Jhello\nworld');

  const { stdout } = await fedops('device list');

  expect(stdout).not.toContain('\u001b');
  expect(stdout.trimEnd().split('\n')).toHaveLength(2);
});
