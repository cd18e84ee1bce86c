import { expect, it } from '@jest/globals';
import { anOperator, fedopsIn, OPERATOR_TOKEN, temporaryDirectory } from './operator.js';

it.each(['bash', 'zsh', 'fish', 'powershell'])(
  'prints a script for %s that asks fedops complete',
  async (shell) => {
    const fedops = fedopsIn(await temporaryDirectory());
    const { code, stdout } = await fedops(`completion ${shell}`);
    expect([code, stdout]).toEqual([0, expect.stringContaining('fedops complete')]);
    expect((await fedops(`completion ${shell} --json`)).json()).toEqual({ shell, script: stdout });
  },
);

it('offers the ids that the manager knows', async () => {
  const { fedops, task } = await anOperator({ adminToken: OPERATOR_TOKEN });
  await task('--title Digits');
  await fedops('task create other');
  await fedops('run start mnist');

  expect((await fedops('complete -- task show ')).stdout).toBe('mnist\tDigits\nother\t\n');
  expect((await fedops('complete -- task show m')).stdout).toBe('mnist\tDigits\n');
  expect((await fedops('complete -- why ')).stdout).toMatch(/^r1\tmnist, (starting|running)\n$/);
});

it('offers no id that a shell would have to quote, whatever it would do there', async () => {
  const { fedops, manager } = await anOperator();
  for (const taskId of ['$(touch x)', '`id`', 'a b', "a'b", 'a;b', 'plain-1.0', '\u001b[2J']) {
    await fetch(`${manager.url}/v1/tasks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ taskId, title: 'x\ty\nz' }),
    });
  }
  expect((await fedops('complete -- task show ')).stdout).toBe('plain-1.0\tx·y·z\n');
});

it('says nothing and fails in nothing where no manager answers, or the configuration is wrong', async () => {
  const fedops = fedopsIn(await temporaryDirectory(), { FEDOPS_SERVER_MANAGER_URL: 'http://127.0.0.1:1' });
  expect(await fedops('complete -- task show ')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const wrong = fedopsIn(await temporaryDirectory(), { FEDOPS_SERVER_MANAGER_URL: 'nonsense' });
  expect(await wrong('complete -- task show ')).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

it('lets the shell complete files where one is wanted', async () => {
  const fedops = fedopsIn(await temporaryDirectory());
  expect((await fedops('complete -- task create --model ')).stdout).toBe(':files\n');
});

it('begins a new word where it is told to', async () => {
  const fedops = fedopsIn(await temporaryDirectory());
  const { stdout } = await fedops('complete --new-word -- model get --format');
  expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual(['raw', 'safetensors', 'npz', '']);
});
